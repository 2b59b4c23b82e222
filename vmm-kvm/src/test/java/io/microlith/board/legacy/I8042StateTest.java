// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.testkit.BrokenState;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.SnapshotContract;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.state.ByteString;
import java.util.List;

class I8042StateTest extends SnapshotContract<I8042Config, I8042State> {
    @Override
    protected DeviceFactory<I8042Config, I8042State> factory() {
        return new I8042Factory();
    }

    @Override
    protected I8042Config config() {
        return new I8042Config();
    }

    @Override
    protected void use(Device device, FakeDeviceContext guest) {
        guest.out(0x64, 0x3f);
        int next = guest.in(0x60) + 1;
        guest.out(0x64, 0xd1);
        guest.out(0x60, 0xdf);
        guest.out(0x64, 0x7f);
        guest.out(0x60, next);
        guest.out(0x64, 0xd2);
        guest.out(0x60, next);
        guest.out(0x64, 0xd1);
    }

    @Override
    protected List<BrokenState<I8042State>> broken(I8042State s) {
        ByteString small = ByteString.of(new byte[31]);
        ByteString large = ByteString.of(new byte[33]);
        return List.of(
                new BrokenState<>("status", new I8042State(0x02, s.data(), s.command(), s.outputPort(), s.memory())),
                new BrokenState<>("status", new I8042State(-1, s.data(), s.command(), s.outputPort(), s.memory())),
                new BrokenState<>("data", new I8042State(s.status(), 0x100, s.command(), s.outputPort(), s.memory())),
                new BrokenState<>("command", new I8042State(s.status(), s.data(), 0xaa, s.outputPort(), s.memory())),
                new BrokenState<>("command", new I8042State(s.status(), s.data(), -1, s.outputPort(), s.memory())),
                new BrokenState<>("outputPort", new I8042State(s.status(), s.data(), s.command(), 0x100, s.memory())),
                new BrokenState<>("memory", new I8042State(s.status(), s.data(), s.command(), s.outputPort(), small)),
                new BrokenState<>("memory", new I8042State(s.status(), s.data(), s.command(), s.outputPort(), large)));
    }
}
