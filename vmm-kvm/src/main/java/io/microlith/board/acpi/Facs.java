// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.board.acpi.aml.ByteOutput;

/**
 * The firmware control structure: memory of 64 bytes, aligned to 64, that guest and firmware share (section 5.2.10).
 */
final class Facs {
    static final int SIZE = 64;

    private static final int VERSION = 2;
    private static final int VERSION_OFFSET = 32;

    /** It has no checksum, since the guest writes to it. */
    byte[] toBytes() {
        byte[] structure = new ByteOutput()
                .putAscii("FACS")
                .putInt(SIZE)
                .putZeros(SIZE - 8)
                .toByteArray();
        structure[VERSION_OFFSET] = VERSION;
        return structure;
    }
}
