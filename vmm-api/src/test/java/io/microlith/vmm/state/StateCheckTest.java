// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.state;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.error.InvalidStateException;
import org.junit.jupiter.api.Test;

class StateCheckTest {
    private final StateCheck check = StateCheck.of("Some");

    @Test
    void inRange_ends_areAllowed() {
        assertThatCode(() -> check.inRange("f", 1, 1, 3).inRange("f", 3, 1, 3)).doesNotThrowAnyException();
    }

    @Test
    void inRange_outside_isRefusedNamingFieldValueAndRule() {
        assertThatThrownBy(() -> check.inRange("f", 4, 1, 3))
                .isInstanceOf(InvalidStateException.class)
                .hasMessageContaining("Some.f=4")
                .hasMessageContaining("1 to 3");
        assertThatThrownBy(() -> check.inRange("f", 0, 1, 3)).isInstanceOf(InvalidStateException.class);
    }

    @Test
    void bits_outsideMask_isRefused() {
        assertThatCode(() -> check.bits("f", 0x0f, 0x0f)).doesNotThrowAnyException();
        assertThatThrownBy(() -> check.bits("f", 0x10, 0x0f)).isInstanceOf(InvalidStateException.class);
        assertThatThrownBy(() -> check.bits("f", -1, 0x0f)).isInstanceOf(InvalidStateException.class);
    }

    @Test
    void require_doesNotHold_isRefused() {
        assertThatThrownBy(() -> check.require("f", "x", false, "otherwise"))
                .isInstanceOf(InvalidStateException.class)
                .hasMessageContaining("otherwise");
    }
}
