// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.BrokenState;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.SnapshotContract;
import io.microlith.virtio.StateSeeds;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.error.InvalidStateException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConsoleStateTest extends SnapshotContract<ConsoleConfig, ConsoleState> {
    @RegisterExtension
    final StateSeeds<ConsoleConfig, ConsoleState> seeds =
            new StateSeeds<>(ConsoleFuzzTest.class, new ConsoleFactory(), ConsoleFuzzTest.config());

    @Override
    protected DeviceFactory<ConsoleConfig, ConsoleState> factory() {
        return new ConsoleFactory();
    }

    @Override
    protected ConsoleConfig config() {
        return ConsoleConfig.of(ZeroPort::new).port(new ConsolePort("one", ZeroPort::new));
    }

    @Override
    protected void use(Device device, FakeDeviceContext guest) {
        int selected = ((ConsoleDevice) device).save().virtio().deviceFeaturesSelect();
        new GuestDriver(guest).write(0x14, selected + 1);
    }

    @Override
    protected List<BrokenState<ConsoleState>> broken(ConsoleState valid) {
        return List.of(new BrokenState<>("ports", new ConsoleState(valid.virtio(), List.of(PortState.INITIAL))));
    }

    @Test
    void restore_brokenPort_isRefused() {
        for (PortState broken : List.of(new PortState(PortFlags.ALL + 1, 0), new PortState(0, -1))) {
            try (FakeDeviceContext context = new FakeDeviceContext("console");
                    Device valid = factory().create(config(), context)) {
                ConsoleState state =
                        new ConsoleState(((ConsoleDevice) valid).save().virtio(), List.of(broken, PortState.INITIAL));
                assertThatThrownBy(() -> factory().restore(config(), state, context))
                        .isInstanceOf(InvalidStateException.class)
                        .hasMessageContaining("PortState");
            }
        }
    }

    /** What is behind it is broken one by one in {@code VirtioStateTest}. */
    @Override
    protected Set<String> unbreakable() {
        return Set.of("virtio");
    }
}
