// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.OutputStream;
import java.time.Instant;
import java.time.InstantSource;

/** The small devices. The serial port has a test of its own. */
class LegacyFuzzTest {
    private static final RtcConfig CLOCK = new RtcConfig(InstantSource.fixed(Instant.parse("2024-02-29T12:34:56Z")));
    private static final PowerManagementConfig TIMER = new PowerManagementConfig(() -> 0);
    private static final I8042Config CONTROLLER = new I8042Config();

    @FuzzTest
    void accesses_anyScript_leaveAStateToRestore(byte[] script) {
        assertThat(HostileGuest.playAndRestore(new I8042Factory(), CONTROLLER, script))
                .isNotNull();
        assertThat(HostileGuest.playAndRestore(new RtcFactory(), CLOCK, script)).isNotNull();
        assertThat(HostileGuest.playAndRestore(new PowerManagementFactory(), TIMER, script))
                .isNotNull();
        assertThat(HostileGuest.playAndRestore(new PvPanicFactory(), PvPanicConfig.standard(), script))
                .isNotNull();
        assertThat(HostileGuest.playAndRestore(new DebugExitFactory(), DebugExitConfig.standard(), script))
                .isNotNull();
        assertThat(HostileGuest.playAndRestore(
                        new DebugConsoleFactory(),
                        new DebugConsoleConfig(DebugConsoleConfig.PORT, OutputStream.nullOutputStream()),
                        script))
                .isNotNull();
    }

    @FuzzTest
    void restore_anyBytes_isRefusedOrDone(byte[] bytes) {
        assertThat(HostileGuest.isState(new I8042Factory(), CONTROLLER, bytes)).isIn(true, false);
        assertThat(HostileGuest.isState(new RtcFactory(), CLOCK, bytes)).isIn(true, false);
        assertThat(HostileGuest.isState(new PowerManagementFactory(), TIMER, bytes))
                .isIn(true, false);
    }
}
