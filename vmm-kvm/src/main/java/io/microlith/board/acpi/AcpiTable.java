// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.board.acpi.aml.ByteOutput;

/** A table with the header that all ACPI tables but two share (section 5.2.6 of the specification). */
interface AcpiTable {
    /** The number of bytes of the header. */
    int HEADER_SIZE = 36;

    /** Who made the tables: the board, and this program. */
    String OEM_ID = "MICROL";

    /** Where in the header the byte is that makes the sum of the table zero. */
    int CHECKSUM = 9;

    /** Four letters that say what the table is. */
    String signature();

    /** The version of the table's format. */
    int revision();

    /** Appends what follows the header. */
    void body(ByteOutput out);

    /** The whole table. */
    default byte[] toBytes() {
        ByteOutput body = new ByteOutput();
        body(body);
        byte[] table = new ByteOutput()
                .putAscii(signature())
                .putInt(HEADER_SIZE + body.size())
                .putByte(revision())
                .putByte(0)
                .putAscii(OEM_ID)
                .putAscii("MICROLTH")
                .putInt(1)
                .putAscii("MLTH")
                .putInt(1)
                .putBytes(body.toByteArray())
                .toByteArray();
        table[CHECKSUM] = checksum(table, table.length);
        return table;
    }

    /** The byte that makes the sum of the first {@code length} bytes zero, if the place it goes to is zero now. */
    static byte checksum(byte[] bytes, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += bytes[i];
        }
        return (byte) -sum;
    }
}
