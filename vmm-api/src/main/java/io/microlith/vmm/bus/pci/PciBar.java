// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus.pci;

/**
 * A base address register: a range of addresses that the guest gives a place to (PCI Local Bus 3.0, section 6.2.5.1).
 *
 * @param index 0 to 5; a 64-bit one also takes the next
 * @param kind what is addressed and how
 * @param size the number of addresses, a power of two: at least 16 for memory, 4 to 256 for ports
 */
public record PciBar(int index, Kind kind, long size) {
    /** What is addressed, and how wide the address is. */
    public enum Kind {
        /** Ports. */
        PORTS(0x1, 4, 256),
        /** Memory below 4 GiB. */
        MEMORY_32(0x0, 16, 1L << 31),
        /** Memory anywhere, with side effects when read. */
        MEMORY_64(0x4, 16, 1L << 62),
        /** Memory anywhere that can be read ahead of time. */
        PREFETCHABLE_64(0xc, 16, 1L << 62);

        private final int typeBits;
        private final long smallest;
        private final long largest;

        Kind(int typeBits, long smallest, long largest) {
            this.typeBits = typeBits;
            this.smallest = smallest;
            this.largest = largest;
        }

        /** Whether it takes two registers. */
        public boolean isWide() {
            return this == MEMORY_64 || this == PREFETCHABLE_64;
        }

        /** The low bits of the register, which tell the kind. */
        int typeBits() {
            return typeBits;
        }
    }

    /** Number of registers in a header of type 0. */
    static final int COUNT = 6;

    /** Refuses what cannot be. */
    public PciBar {
        int last = kind.isWide() ? index + 1 : index;
        if (index < 0 || last >= COUNT) {
            throw new IllegalArgumentException("no BAR [index=" + index + " kind=" + kind + "]: there are 0 to 5");
        }
        if (Long.bitCount(size) != 1 || size < kind.smallest || size > kind.largest) {
            throw new IllegalArgumentException("no BAR [size=0x" + Long.toHexString(size) + " kind=" + kind
                    + "]: a power of two from " + kind.smallest + " to 0x" + Long.toHexString(kind.largest));
        }
    }

    /** Which of the register's bits, or of both registers' bits, hold the address. */
    long addressMask() {
        long width = switch (kind) {
            case PORTS -> 0xffffL;
            case MEMORY_32 -> 0xffff_ffffL;
            case MEMORY_64, PREFETCHABLE_64 -> -1L;
        };
        return -size & width;
    }
}
