// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.bus.AddressRange;

/**
 * An entry of the memory map, as the BIOS call of that number returns it.
 *
 * @param base the first guest-physical address
 * @param size the number of bytes, at least 1
 * @param type what is there
 */
public record E820Entry(long base, long size, Type type) {
    /** What an entry describes: the address range types of the ACPI specification 6.5, table 15.4. */
    public enum Type {
        /** Memory a system may use. */
        RAM(1),
        /** Nothing a system may use. */
        RESERVED(2),
        /** Memory with ACPI tables, to be used once they were read. */
        ACPI(3),
        /** Memory that firmware needs kept over a sleep. */
        NVS(4),
        /** Memory in which errors were found. */
        UNUSABLE(5);

        private final int code;

        Type(int code) {
            this.code = code;
        }

        /** The number a guest is told. */
        public int code() {
            return code;
        }
    }

    /** Refuses a range that is empty, negative or wraps. */
    public E820Entry {
        var _ = new AddressRange(base, size);
    }

    /** The addresses. */
    public AddressRange range() {
        return new AddressRange(base, size);
    }

    @Override
    public String toString() {
        return type + " " + range();
    }
}
