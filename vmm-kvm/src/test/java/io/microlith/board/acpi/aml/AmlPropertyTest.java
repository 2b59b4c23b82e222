// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class AmlPropertyTest {
    @Property
    void packageLength_any_readsBackAsItselfAndTheContent(@ForAll @IntRange(max = (1 << 28) - 5) int content) {
        ByteOutput out = new ByteOutput();
        PackageLength length = new PackageLength(content);
        length.encode(out);
        byte[] bytes = out.toByteArray();
        assertThat(bytes).hasSize(length.size());
        assertThat(read(bytes)).isEqualTo(content + length.size());
    }

    @Property
    void integer_any_readsBack(@ForAll long value) {
        ByteBuffer bytes = ByteBuffer.wrap(new AmlInteger(value).toBytes()).order(ByteOrder.LITTLE_ENDIAN);
        long read = switch (bytes.get()) {
            case Opcode.ZERO -> 0;
            case Opcode.ONE -> 1;
            case Opcode.BYTE_PREFIX -> Byte.toUnsignedLong(bytes.get());
            case Opcode.WORD_PREFIX -> Short.toUnsignedLong(bytes.getShort());
            case Opcode.DWORD_PREFIX -> Integer.toUnsignedLong(bytes.getInt());
            case Opcode.QWORD_PREFIX -> bytes.getLong();
            default -> throw new AssertionError("no integer");
        };
        assertThat(read).isEqualTo(value);
        assertThat(bytes.remaining()).isZero();
    }

    /** Reads a package length the way section 20.2.4 says, from bits 7 and 6 of the first byte on. */
    private static int read(byte[] bytes) {
        int more = (bytes[0] & 0xff) >> 6;
        if (more == 0) {
            return bytes[0] & 0x3f;
        }
        int value = bytes[0] & 0xf;
        for (int i = 1; i <= more; i++) {
            value |= (bytes[i] & 0xff) << (4 + 8 * (i - 1));
        }
        return value;
    }
}
