// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.BrokenState;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.SnapshotContract;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PowerManagementStateTest extends SnapshotContract<PowerManagementConfig, PowerManagementState> {
    @Override
    protected DeviceFactory<PowerManagementConfig, PowerManagementState> factory() {
        return new PowerManagementFactory();
    }

    @Override
    protected PowerManagementConfig config() {
        return new PowerManagementConfig(() -> 7);
    }

    @Override
    protected void use(Device device, FakeDeviceContext guest) {
        ((PowerManagementDevice) device).pressPowerButton();
        guest.out(0x602, 2, 0x120);
        int type = guest.in(0x604, 2) >> 10;
        guest.out(0x604, 2, (type + 1) % 5 << 10);
    }

    @Override
    protected List<BrokenState<PowerManagementState>> broken(PowerManagementState s) {
        return List.of(
                new BrokenState<>("status", with(0x1, s.enable(), s.control(), 0, 0)),
                new BrokenState<>("status", with(0x10000, s.enable(), s.control(), 0, 0)),
                new BrokenState<>("enable", with(s.status(), 0x2, s.control(), 0, 0)),
                new BrokenState<>("control", with(s.status(), s.enable(), 0x2000, 0, 0)),
                new BrokenState<>("ticks", with(s.status(), s.enable(), s.control(), -1, -1)),
                new BrokenState<>("ticks", with(s.status(), s.enable(), s.control(), Long.MAX_VALUE, 0)),
                new BrokenState<>("ticksSeen", with(s.status(), s.enable(), s.control(), 5, 6)),
                new BrokenState<>("ticksSeen", with(s.status(), s.enable(), s.control(), 5, -1)));
    }

    private static PowerManagementState with(int status, int enable, int control, long ticks, long ticksSeen) {
        return new PowerManagementState(status, enable, control, ticks, ticksSeen);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 3, 3_579_544, 3_579_545, 123_456_789_123L, 1L << 53})
    void restore_anyTicks_goesOnFromThere(long ticks) {
        try (FakeDeviceContext machine = new FakeDeviceContext("pm")) {
            PowerManagementDevice device =
                    (PowerManagementDevice) factory().restore(config(), with(0, 0, 0, ticks, ticks), machine);
            assertThat(device.save().ticks()).isEqualTo(ticks);
            device.close();
        }
    }
}
