// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.testkit.BrokenState;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.SnapshotContract;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.state.ByteString;
import java.util.List;

class RtcStateTest extends SnapshotContract<RtcConfig, RtcState> {
    @Override
    protected DeviceFactory<RtcConfig, RtcState> factory() {
        return new RtcFactory();
    }

    @Override
    protected RtcConfig config() {
        return new RtcConfig(new MovableClock("2024-02-29T12:00:00Z"));
    }

    @Override
    protected void use(Device device, FakeDeviceContext guest) {
        guest.out(0x70, 0x50);
        int next = guest.in(0x71) + 1;
        guest.out(0x71, next);
        guest.out(0x70, 0x02);
        guest.out(0x71, next % 10);
    }

    @Override
    protected List<BrokenState<RtcState>> broken(RtcState s) {
        return List.of(
                new BrokenState<>("index", new RtcState(128, s.offsetSeconds(), s.memory())),
                new BrokenState<>("index", new RtcState(-1, s.offsetSeconds(), s.memory())),
                new BrokenState<>("offsetSeconds", new RtcState(s.index(), Long.MAX_VALUE, s.memory())),
                new BrokenState<>("offsetSeconds", new RtcState(s.index(), Long.MIN_VALUE, s.memory())),
                new BrokenState<>("memory", new RtcState(s.index(), s.offsetSeconds(), ByteString.EMPTY)),
                new BrokenState<>("memory", new RtcState(s.index(), s.offsetSeconds(), ByteString.of(new byte[129]))));
    }

    @Override
    protected RtcState afterReset(RtcState used, RtcState created) {
        return new RtcState(0, used.offsetSeconds(), used.memory());
    }
}
