// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.memory.NonZeroPages;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Checksums of a memory file that is not compressed: its pages are cut into parts of one size, and of each there is the
 * CRC-32C (RFC 3720, appendix B.4) of its pages that are not zero, each behind its number in the part, two bytes,
 * little end first. That of a part of zeros is 0. So holes need not be read, and whether zeros are a hole makes no
 * difference.
 */
final class MemorySums implements DeviceState {
    private static final int VERSION = 1;
    private static final int LARGEST_PART = 256 << 20;
    private static final StateCheck CHECK = StateCheck.of("MemorySums");

    private final int part;
    private final int[] sums;

    private MemorySums(int part, int[] sums) {
        this.part = part;
        this.sums = sums;
    }

    /**
     * Reads those of a file.
     *
     * @param size the bytes that the file has
     * @throws io.microlith.vmm.error.InvalidStateException if they are malformed, or of something else
     */
    static MemorySums read(StateReader reader, long size) {
        int part = reader.getInt(1, 0);
        byte[] table = reader.getBytes(2);
        CHECK.inRange("part", part, MemoryImage.PAGE, LARGEST_PART)
                .require("part", part, part % MemoryImage.PAGE == 0, "whole pages");
        return new MemorySums(part, IntTable.decode(CHECK, "sums", table, Math.ceilDiv(size, part)));
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putLong(1, part).putBytes(2, IntTable.encode(sums));
    }

    /** Begins to add another file up in the same parts. */
    Sum sum() {
        return new Sum(part);
    }

    /** Where the first part begins of which two files have different sums; -1 if there is none. */
    long firstDifference(MemorySums other) {
        int which = Arrays.mismatch(sums, other.sums);
        return which < 0 ? -1 : (long) which * part;
    }

    /** Adds up the pages of a file, in their order. For one thread. */
    static final class Sum {
        /** What of a file cannot be used if a byte of it is damaged. */
        private static final int PART = 2 << 20;

        private final int part;
        private final CRC32C crc = new CRC32C();
        private final ByteBuffer number = ByteBuffer.allocate(Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private int[] sums = new int[64];
        private int current;

        private Sum(int part) {
            this.part = part;
        }

        /** Begins, in parts of the usual size. */
        static Sum begin() {
            return new Sum(PART);
        }

        /**
         * Adds pages in a row, behind those before.
         *
         * @param pages native memory
         * @param place where they are in the file, in bytes
         */
        void add(MemorySegment pages, long place) {
            for (long offset = 0; offset < pages.byteSize(); offset += MemoryImage.PAGE) {
                if (!NonZeroPages.isZero(pages, offset)) {
                    goTo(Math.toIntExact((place + offset) / part));
                    number.putShort(0, (short) ((place + offset) % part / MemoryImage.PAGE));
                    crc.update(number.array());
                    crc.update(pages.asSlice(offset, MemoryImage.PAGE).asByteBuffer());
                }
            }
        }

        private void goTo(int which) {
            if (which != current) {
                note();
                current = which;
            }
        }

        private void note() {
            if (current >= sums.length) {
                sums = Arrays.copyOf(sums, Math.max(current + 1, sums.length * 2));
            }
            sums[current] = (int) crc.getValue();
            crc.reset();
        }

        /** Those of the whole file, which has so many bytes. */
        MemorySums finish(long size) {
            note();
            return new MemorySums(part, Arrays.copyOf(sums, Math.toIntExact(Math.ceilDiv(size, part))));
        }
    }
}
