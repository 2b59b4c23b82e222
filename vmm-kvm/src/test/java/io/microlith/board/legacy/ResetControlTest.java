// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.RecordingVmControl;
import io.microlith.testkit.RecordingVmControl.Request;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.StateCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResetControlTest {
    private final RecordingVmControl machine = new RecordingVmControl();
    private final ResetControl register = new ResetControl(machine);

    @ParameterizedTest
    @ValueSource(ints = {0x06, 0x04, 0x0e, 0xff})
    void write_resetBit_resets(int value) {
        register.write(0, 1, value);

        assertThat(machine.requests()).containsExactly(new Request.Reset());
        assertThat(register.read(0, 1) & 4).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x02, 0x0a, 0xfb})
    void write_otherBits_areKeptAndDoNotReset(int value) {
        register.write(0, 1, value);

        assertThat(machine.requests()).isEmpty();
        assertThat(register.read(0, 1)).isEqualTo(value & 0x0a);
    }

    @Test
    void write_asLinuxDoes_resetsOnce() {
        register.write(0, 1, 0x02);
        register.write(0, 1, 0x06);

        assertThat(machine.requests()).containsExactly(new Request.Reset());
    }

    @Test
    void restore_saved_isTheSame() {
        register.write(0, 1, 0x0a);
        ResetControlState state = ResetControlState.read(StateCodec.reader(StateCodec.encode(register.save())));

        assertThat(new ResetControl(machine, state).read(0, 1)).isEqualTo(0x0a);
        register.reset();
        assertThat(register.read(0, 1)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x04, 0x10, -1})
    void restore_impossibleValue_isRefused(int value) {
        assertThatThrownBy(() -> new ResetControl(machine, new ResetControlState(value)))
                .isInstanceOf(InvalidStateException.class)
                .hasMessageContaining("ResetControlState.value");
    }
}
