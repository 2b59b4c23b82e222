// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The header that makes a file a multiboot kernel: somewhere in its first 8 KiB, on a multiple of 4. See section 3.1 of
 * the Multiboot Specification 0.6.96.
 *
 * @param offset where it is in the file
 * @param flags what the kernel needs and offers
 * @param addresses where it is loaded, if it says so itself; its fields in their order, else empty
 */
record MultibootHeader(int offset, int flags, Optional<Addresses> addresses) {
    private static final int MAGIC = 0x1badb002;
    private static final int SEARCHED = 8192;
    private static final int SIZE = 12;
    private static final int SIZE_WITH_ADDRESSES = 32;

    private static final int HAS_ADDRESSES = 1 << 16;

    /** A kernel that sets one of these refuses to run without what it stands for. */
    private static final int REQUIREMENTS = 0xffff;

    /** Modules on pages, and how much memory there is: every kernel gets both. */
    private static final int MET_REQUIREMENTS = 0x3;

    private static final int VIDEO = 0x4;

    /**
     * How to load a file that needs no other header ("a.out kludge"). Unsigned 32-bit numbers.
     *
     * @param header where the header comes to be
     * @param load where the first byte comes to be
     * @param loadEnd the end of what is in the file, or 0: all of it
     * @param bssEnd the end of what is zero, or 0: there is none
     * @param entry where to start
     */
    record Addresses(long header, long load, long loadEnd, long bssEnd, long entry) {}

    boolean hasAddresses() {
        return addresses.isPresent();
    }

    /**
     * Looks for a header.
     *
     * @throws io.microlith.vmm.error.ConfigException if there is one that asks for what this machine has not
     */
    static Optional<MultibootHeader> find(ImageFile file) {
        int searched = (int) Math.min(SEARCHED, file.size());
        ByteBuffer start = file.read("start", 0, searched);
        for (int at = 0; at <= searched - SIZE; at += Integer.BYTES) {
            if (start.getInt(at) == MAGIC && MAGIC + start.getInt(at + 4) + start.getInt(at + 8) == 0) {
                return Optional.of(parse(file, start, at));
            }
        }
        return Optional.empty();
    }

    private static MultibootHeader parse(ImageFile file, ByteBuffer start, int at) {
        int flags = start.getInt(at + 4);
        int unmet = flags & REQUIREMENTS & ~MET_REQUIREMENTS;
        if (unmet == VIDEO) {
            throw file.broken("is a multiboot kernel that requires a video mode, and this machine has no display");
        }
        if (unmet != 0) {
            throw file.broken("is a multiboot kernel with requirements unknown to the specification: flags 0x"
                    + Integer.toHexString(unmet));
        }
        if ((flags & HAS_ADDRESSES) == 0) {
            return new MultibootHeader(at, flags, Optional.empty());
        }
        if (at > start.limit() - SIZE_WITH_ADDRESSES) {
            throw file.broken("is a truncated or broken multiboot kernel: its header is not complete");
        }
        Addresses addresses = new Addresses(
                Integer.toUnsignedLong(start.getInt(at + 12)),
                Integer.toUnsignedLong(start.getInt(at + 16)),
                Integer.toUnsignedLong(start.getInt(at + 20)),
                Integer.toUnsignedLong(start.getInt(at + 24)),
                Integer.toUnsignedLong(start.getInt(at + 28)));
        return new MultibootHeader(at, flags, Optional.of(addresses));
    }
}
