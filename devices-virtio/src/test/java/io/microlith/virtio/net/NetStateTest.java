// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.BrokenState;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.SnapshotContract;
import io.microlith.virtio.StateSeeds;
import io.microlith.virtio.VirtioState;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NetStateTest extends SnapshotContract<NetConfig, NetState> {
    @RegisterExtension
    final StateSeeds<NetConfig, NetState> seeds =
            new StateSeeds<>(NetFuzzTest.class, new NetFactory(), NetFuzzTest.steady());

    @Override
    protected DeviceFactory<NetConfig, NetState> factory() {
        return new NetFactory();
    }

    @Override
    protected NetConfig config() {
        return NetConfig.of(() -> new FrameBackend(2)).mac(MacAddress.of("02:00:00:00:00:01"));
    }

    @Override
    protected void use(Device device, FakeDeviceContext guest) {
        int selected = ((NetDevice) device).save().virtio().deviceFeaturesSelect();
        new GuestDriver(guest).write(0x14, selected + 1);
    }

    @Override
    protected List<BrokenState<NetState>> broken(NetState valid) {
        VirtioState virtio = valid.virtio();
        long mac = valid.mac();
        return List.of(
                new BrokenState<>("builtInMac", new NetState(virtio, 0, mac, 1, 0, 0)),
                new BrokenState<>("builtInMac", new NetState(virtio, 1L << 48, mac, 1, 0, 0)),
                new BrokenState<>("mac", new NetState(virtio, mac, 1L << 40, 1, 0, 0)),
                new BrokenState<>("pairs", new NetState(virtio, mac, mac, 0, 0, 0)),
                new BrokenState<>("pairs", new NetState(virtio, mac, mac, 3, 0, 0)),
                new BrokenState<>("offloads", new NetState(virtio, mac, mac, 1, 1, 0)),
                new BrokenState<>("announcing", new NetState(virtio, mac, mac, 1, 0, 2)));
    }

    /** What is behind it is broken one by one in {@code VirtioStateTest}. */
    @Override
    protected Set<String> unbreakable() {
        return Set.of("virtio");
    }

    @Test
    void restore_whatTheDriverSet_isSoAgain() {
        NetState saved;
        FrameBackend before = new FrameBackend();
        NetLink link = NetLink.create();
        try (NetGuest guest = new NetGuest(NetConfig.of(() -> before).link(link))) {
            guest.command(1, 1, new byte[] {2, 9, 9, 9, 9, 9});
            guest.command(5, 0, new byte[] {2, 1, 0, 0, 0, 0, 0, 0});
            link.announce();
            saved = guest.device.save();
        }
        FrameBackend after = new FrameBackend();
        try (FakeDeviceContext machine = new FakeDeviceContext("net");
                Device device = new NetFactory().restore(NetConfig.of(() -> after), saved, machine)) {
            assertThat(((NetDevice) device).save()).isEqualTo(saved);
            device.resume();
            assertThat(after.accepted).isEqualTo(Set.of(Offload.CHECKSUM, Offload.TSO6));
            GuestDriver driver = new GuestDriver(machine);
            assertThat(driver.readRaw(0x100, 4)).isEqualTo(0x09090902);
            assertThat(driver.readRaw(0x106, 2)).isEqualTo(3);
            driver.begin(GuestDriver.VERSION_1 | 1L << 1);
            driver.ready();
            assertThat(after.accepted).isEqualTo(Set.of(Offload.CHECKSUM));
            assertThat(driver.readRaw(0x106, 2)).isEqualTo(1);
        }
    }

    @Test
    void restoreClone_address_isThatOfTheConfiguration() {
        NetState saved;
        try (NetGuest guest = new NetGuest(NetConfig.of(FrameBackend::new))) {
            guest.command(1, 1, new byte[] {2, 9, 9, 9, 9, 9});
            saved = guest.device.save();
        }
        MacAddress own = MacAddress.of("02:00:00:00:00:02");
        assertThat(cloned(NetConfig.of(FrameBackend::new).mac(own), saved)).isEqualTo(saved.withMac(own));
        NetState first = cloned(NetConfig.of(FrameBackend::new), saved);
        assertThat(first.mac()).isEqualTo(first.builtInMac()).isNotEqualTo(saved.mac());
        assertThat(cloned(NetConfig.of(FrameBackend::new), saved)).isNotEqualTo(first);
    }

    private NetState cloned(NetConfig config, NetState saved) {
        try (FakeDeviceContext machine = new FakeDeviceContext("net");
                Device device = factory().restoreClone(config, saved, machine)) {
            return ((NetDevice) device).save();
        }
    }

    @Test
    void restore_beforeTheDriverWasReady_takesWhatItAgreesTo() {
        NetState saved;
        try (FakeDeviceContext machine = new FakeDeviceContext("net");
                Device device = factory().create(config(), machine)) {
            saved = ((NetDevice) device).save();
        }
        FrameBackend after = new FrameBackend(2);
        try (FakeDeviceContext machine = new FakeDeviceContext("net");
                Device device = factory().restore(NetConfig.of(() -> after), saved, machine)) {
            device.resume();
            GuestDriver driver = new GuestDriver(machine);
            driver.begin(GuestDriver.ALL_OF_SPLIT_QUEUES);
            driver.ready();
            assertThat(after.accepted).isEqualTo(Offload.all());
        }
    }

    /** Its driver looks at the status only when it is told to. */
    @Test
    void restore_linkIsAnotherNow_driverIsToldToLook() {
        NetState saved;
        NetLink before = NetLink.create();
        try (NetGuest guest = new NetGuest(NetConfig.of(FrameBackend::new).link(before))) {
            before.down();
            saved = guest.device.save();
        }
        NetLink after = NetLink.create();
        try (FakeDeviceContext machine = new FakeDeviceContext("net");
                Device device =
                        new NetFactory().restore(NetConfig.of(FrameBackend::new).link(after), saved, machine)) {
            GuestDriver driver = new GuestDriver(machine);
            // What came before is not what this is about.
            driver.write(0x64, 3);
            after.announce();
            device.resume();
            assertThat(driver.readRaw(0x60, 4)).isEqualTo(2);
            assertThat(driver.readRaw(0x106, 2)).isEqualTo(3);
        }
    }
}
