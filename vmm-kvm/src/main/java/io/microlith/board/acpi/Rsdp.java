// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.board.acpi.aml.ByteOutput;

/**
 * The root pointer, by which the guest finds the tables (section 5.2.5.3).
 *
 * @param xsdt the guest-physical address of the list of tables
 */
record Rsdp(long xsdt) {
    static final int SIZE = 36;

    private static final int REVISION = 2;
    private static final int OLD_SIZE = 20;
    private static final int OLD_CHECKSUM = 8;
    private static final int CHECKSUM = 32;

    byte[] toBytes() {
        byte[] pointer = new ByteOutput()
                .putAscii("RSD PTR ")
                .putByte(0)
                .putAscii(AcpiTable.OEM_ID)
                .putByte(REVISION)
                .putInt(0)
                .putInt(SIZE)
                .putLong(xsdt)
                .putInt(0)
                .toByteArray();
        pointer[OLD_CHECKSUM] = AcpiTable.checksum(pointer, OLD_SIZE);
        pointer[CHECKSUM] = AcpiTable.checksum(pointer, SIZE);
        return pointer;
    }
}
