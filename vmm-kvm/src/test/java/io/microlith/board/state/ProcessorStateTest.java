// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.kvm.CpuidEntry;
import io.microlith.kvm.MsrValue;
import io.microlith.kvm.VcpuBlock;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCodec;
import io.microlith.vmm.state.StateWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcessorStateTest {
    private static final ProcessorState STATE = new ProcessorState(
            Map.of(VcpuBlock.REGISTERS, ByteString.of((byte) 1, (byte) 2)),
            List.of(new MsrValue(0xc000_0080, -1)),
            new GuestTime(3, 4, 5),
            List.of(new CpuidEntry(0xd, 1, 1, 0x8000_0001, -1, 7, 8), CpuidEntry.leaf(0, 1, 2, 3, 4)));

    /** A record of version 1, as programs before CPUID was saved wrote it, or one with tables of some size in bytes. */
    private record Written(int version, int msrs, int cpuid) implements DeviceState {
        @Override
        public void writeTo(StateWriter writer) {
            writer.putBytes(1, new byte[msrs]).putState(13, new GuestTime(3, 4, 5));
            if (version > 1) {
                writer.putBytes(14, new byte[cpuid]);
            }
        }
    }

    private static ProcessorState read(DeviceState state) {
        return ProcessorState.read(StateCodec.reader(StateCodec.encode(state)));
    }

    private static void assertRefused(DeviceState state, String field) {
        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> read(state))
                .satisfies(e -> assertThat(e.field()).isEqualTo("ProcessorState." + field));
    }

    @Test
    void read_written_isTheSame() {
        assertThat(read(STATE)).isEqualTo(STATE);
    }

    @Test
    void read_versionOne_hasNoCpuid() {
        ProcessorState old = read(new Written(1, 0, 0));

        assertThat(old.cpuid()).isEmpty();
        assertThat(old.time()).isEqualTo(new GuestTime(3, 4, 5));
    }

    @Test
    void read_tablesOfAWrongSize_areRefused() {
        assertRefused(new Written(2, 13, 0), "msrs");
        assertRefused(new Written(2, 0, 29), "cpuid");
        assertRefused(new Written(2, 0, 257 * 28), "cpuid");
        assertThat(read(new Written(2, 0, 256 * 28)).cpuid()).hasSize(256);
    }
}
