// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class EntryStateTest {
    @Test
    void with_eachRegister_changesOnlyThatOne() {
        EntryState state =
                EntryState.long64(1).withRsp(2).withRax(3).withRbx(4).withRsi(5).withRdi(6);
        assertThat(state).isEqualTo(new EntryState(CpuMode.LONG_64, 0, 1, 2, 3, 4, 5, 6));
    }

    @Test
    void factories_ofModesWithAStack_pointToItsEnd() {
        assertThat(EntryState.long64(0).rsp()).isEqualTo(0x9000);
        assertThat(EntryState.user64(0).rsp()).isEqualTo(0x9000);
        assertThat(EntryState.protected32(0).rsp()).isEqualTo(0x9000);
        assertThat(EntryState.real16(0x7c0, 0).rsp()).isZero();
    }

    @Test
    void real16_offsetBeyondASegment_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> EntryState.real16(0, 0x1_0000));
        assertThatIllegalArgumentException().isThrownBy(() -> EntryState.real16(0x1_0000, 0));
        assertThat(EntryState.real16(0xffff, 0xffff).codeSegment()).isEqualTo(0xffff);
    }

    @Test
    void protected32_addressBeyond32Bits_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> EntryState.protected32(1L << 32));
        EntryState state = EntryState.protected32(0xffff_ffffL);
        assertThatIllegalArgumentException().isThrownBy(() -> state.withRbx(-1));
    }

    @Test
    void long64_withACodeSegment_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new EntryState(CpuMode.LONG_64, 8, 0, 0, 0, 0, 0, 0));
    }
}
