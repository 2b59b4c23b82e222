// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.OutputStream;

class SerialFuzzTest {
    private static final SerialConfig CONFIG = SerialConfig.to(OutputStream.nullOutputStream());

    @FuzzTest
    void accesses_anyScript_leaveAStateToRestore(byte[] script) {
        assertThat(HostileGuest.playAndRestore(new SerialFactory(), CONFIG, script))
                .isNotNull();
    }

    @FuzzTest
    void restore_anyBytes_isRefusedOrDone(byte[] bytes) {
        assertThat(HostileGuest.isState(new SerialFactory(), CONFIG, bytes)).isIn(true, false);
    }
}
