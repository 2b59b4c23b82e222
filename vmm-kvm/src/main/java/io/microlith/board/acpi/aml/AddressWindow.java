// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

import io.microlith.vmm.bus.AddressRange;

/**
 * A range of addresses at a fixed place, either one that a device occupies or one that a bridge hands to what is behind
 * it (section 6.4.3.5). The narrowest descriptor that can say it is taken: word, double word or quad word.
 *
 * @param space what is addressed
 * @param use who has the range
 * @param range the addresses
 */
public record AddressWindow(Space space, Use use, AddressRange range) implements Resource {
    private static final int WORD_TAG = 0x88;
    private static final int DWORD_TAG = 0x87;
    private static final int QWORD_TAG = 0x8a;
    /** Type, two bytes of flags, and five numbers: granularity, first, last, offset, length. */
    private static final int FIXED_LENGTH = 3;

    private static final int FIRST_AND_LAST_FIXED = 3 << 2;

    /** What is addressed. */
    public enum Space {
        /** Memory that is not cached. */
        MEMORY(0, 1, 63),
        /** Ports. */
        PORTS(1, 3, 16),
        /** PCI buses. */
        BUSES(2, 0, 8);

        private final int type;
        private final int typeFlags;
        private final int addressBits;

        Space(int type, int typeFlags, int addressBits) {
            this.type = type;
            this.typeFlags = typeFlags;
            this.addressBits = addressBits;
        }
    }

    /** Who has the range. */
    public enum Use {
        /** The device itself. */
        CONSUMER(1),
        /** What is behind the bridge. */
        PRODUCER(0);

        private final int flag;

        Use(int flag) {
            this.flag = flag;
        }
    }

    /** Refuses addresses that the space does not have. */
    public AddressWindow {
        if (range.last() >>> space.addressBits != 0) {
            throw new IllegalArgumentException("no window [space=" + space + " range=" + range + "]");
        }
    }

    @Override
    public void encode(ByteOutput out) {
        int bytes = numberBytes();
        out.putByte(bytes == 2 ? WORD_TAG : bytes == 4 ? DWORD_TAG : QWORD_TAG);
        out.putShort(FIXED_LENGTH + 5 * bytes);
        out.putByte(space.type).putByte(FIRST_AND_LAST_FIXED | use.flag).putByte(space.typeFlags);
        long[] numbers = {0, range.base(), range.last(), 0, range.size()};
        for (long number : numbers) {
            for (int i = 0; i < bytes; i++) {
                out.putByte((int) (number >> (8 * i)));
            }
        }
    }

    /** A range of all of a space has a length of one bit more than its addresses; the next wider form has room. */
    private int numberBytes() {
        long widest = Math.max(range.last(), range.size());
        if (space != Space.MEMORY && widest < 1L << 16) {
            return 2;
        }
        return widest < 1L << 32 ? 4 : 8;
    }
}
