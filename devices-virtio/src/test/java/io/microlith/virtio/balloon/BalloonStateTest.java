// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.BrokenState;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.SnapshotContract;
import io.microlith.virtio.StateSeeds;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.memory.Size;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BalloonStateTest extends SnapshotContract<BalloonConfig, BalloonState> {
    @RegisterExtension
    final StateSeeds<BalloonConfig, BalloonState> seeds =
            new StateSeeds<>(BalloonFuzzTest.class, new BalloonFactory(), BalloonFuzzTest.config());

    @Override
    protected DeviceFactory<BalloonConfig, BalloonState> factory() {
        return new BalloonFactory();
    }

    @Override
    protected BalloonConfig config() {
        return BalloonConfig.of(new BalloonControl()).features(BalloonFeature.HINTING, BalloonFeature.REPORTING);
    }

    @Override
    protected void use(Device device, FakeDeviceContext guest) {
        int actual = ((BalloonDevice) device).save().actual();
        GuestDriver driver = new GuestDriver(guest);
        driver.begin(GuestDriver.VERSION_1);
        driver.ready();
        driver.write(0x104, actual + 1);
    }

    @Override
    protected List<BrokenState<BalloonState>> broken(BalloonState valid) {
        return List.of(
                new BrokenState<>("target", new BalloonState(valid.virtio(), -1, 0, 0, 0, 0)),
                new BrokenState<>("target", new BalloonState(valid.virtio(), 1L << 32, 0, 0, 0, 0)),
                new BrokenState<>("command", new BalloonState(valid.virtio(), 0, 0, 0, -1, 0)),
                new BrokenState<>("hinting", new BalloonState(valid.virtio(), 0, 0, 0, 1, 1)),
                new BrokenState<>("hinting", new BalloonState(valid.virtio(), 0, 0, 0, 2, 2)));
    }

    /** What is behind the first is broken one by one in {@code VirtioStateTest}. */
    @Override
    protected Set<String> unbreakable() {
        return Set.of("virtio", "actual", "poison");
    }

    @Test
    void restore_targetIsAnotherNow_guestIsTold() {
        BalloonState saved;
        try (FakeDeviceContext machine = new FakeDeviceContext("balloon");
                Device device = factory().create(config(), machine)) {
            use(device, machine);
            saved = ((BalloonDevice) device).save();
        }
        BalloonControl control = new BalloonControl();
        try (FakeDeviceContext machine = new FakeDeviceContext("balloon");
                Device device = factory()
                        .restore(
                                BalloonConfig.of(control).features(BalloonFeature.HINTING, BalloonFeature.REPORTING),
                                saved,
                                machine)) {
            control.setTarget(Size.mebibytes(1));
            device.resume();
            machine.eventLoop().poll(0);
            GuestDriver driver = new GuestDriver(machine);
            assertThat(driver.readRaw(0x60, 4)).isEqualTo(2);
            assertThat(driver.readRaw(0x100, 4)).isEqualTo(256);
        }
    }
}
