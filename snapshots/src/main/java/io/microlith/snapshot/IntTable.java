// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.state.StateCheck;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A number of 32 bits for each part of a file, as a field of a state: little-endian, one after the other. */
final class IntTable {
    private IntTable() {}

    static byte[] encode(int[] numbers) {
        ByteBuffer table = ByteBuffer.allocate(numbers.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        table.asIntBuffer().put(numbers);
        return table.array();
    }

    /**
     * Decodes one.
     *
     * @param check whose field it is
     * @param count how many numbers there have to be; nothing is allocated before it is known that there are
     */
    static int[] decode(StateCheck check, String field, byte[] table, long count) {
        check.require(field, table.length, table.length == count * Integer.BYTES, "4 bytes for each of " + count);
        int[] numbers = new int[(int) count];
        ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(numbers);
        return numbers;
    }
}
