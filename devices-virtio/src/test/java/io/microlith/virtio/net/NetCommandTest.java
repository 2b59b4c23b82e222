// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.virtio.testkit.UsedBuffer;
import io.microlith.vmm.device.Device;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The control queue, and the pairs of queues that it is about. */
class NetCommandTest extends NetFixture {
    @Test
    void command_receiveFilters_areAccepted() {
        NetGuest guest = guest();
        assertThat(guest.command(0, 0, (byte) 1)).isEqualTo(OK);
        assertThat(guest.command(0, 1, (byte) 0)).isEqualTo(OK);
        assertThat(guest.command(0, 0)).isEqualTo(ERROR);
        assertThat(guest.command(0, 2, (byte) 1)).isEqualTo(ERROR);
        byte[] lists = new byte[4 + 6 + 4];
        lists[0] = 1;
        assertThat(guest.command(1, 0, lists)).isEqualTo(OK);
        lists[0] = 2;
        assertThat(guest.command(1, 0, lists)).isEqualTo(ERROR);
        lists[3] = -1;
        assertThat(guest.command(1, 0, lists)).isEqualTo(ERROR);
        assertThat(guest.command(1, 0)).isEqualTo(ERROR);
    }

    @Test
    void command_address_changesItUntilAReset() {
        NetGuest guest = guest();
        assertThat(guest.command(1, 1, new byte[] {2, 1, 2, 3, 4, 5})).isEqualTo(OK);
        assertThat(guest.config(0, 4)).isEqualTo(0x03020102);
        assertThat(guest.command(1, 1, new byte[] {1, 1, 2, 3, 4, 5})).isEqualTo(ERROR);
        assertThat(guest.command(1, 1, new byte[6])).isEqualTo(ERROR);
        assertThat(guest.command(1, 1, new byte[5])).isEqualTo(ERROR);
        guest.driver.reset();
        assertThat(guest.config(0, 4)).isEqualTo(0x33221102);
    }

    @Test
    void command_offloads_areOnlyThoseAgreedTo() {
        NetGuest guest = guest();
        assertThat(backend.accepted).isEqualTo(Offload.all());
        assertThat(guest.command(5, 0, new byte[] {2, 1, 0, 0, 0, 0, 0, 0})).isEqualTo(OK);
        assertThat(backend.accepted).isEqualTo(Set.of(Offload.CHECKSUM, Offload.TSO6));
        assertThat(guest.command(5, 0, new byte[] {1, 0, 0, 0, 0, 0, 0, 0})).isEqualTo(ERROR);
        assertThat(guest.command(5, 0, new byte[] {2, 0, 0, 0, 0, 0, 0, (byte) 0x80}))
                .isEqualTo(ERROR);
        assertThat(guest.command(5, 0, new byte[7])).isEqualTo(ERROR);
        assertThat(guest.command(5, 1, new byte[8])).isEqualTo(ERROR);
        assertThat(backend.accepted).isEqualTo(Set.of(Offload.CHECKSUM, Offload.TSO6));
    }

    @Test
    void command_everyClassAndLength_isAnswered() {
        NetGuest guest = guest();
        for (int group = 0; group < 256; group += group < 8 ? 1 : 31) {
            for (int command = 0; command < 4; command++) {
                for (int length : new int[] {0, 1, 2, 4, 6, 8, 9}) {
                    assertThat(guest.command(group, command, new byte[length])).isIn(OK, ERROR);
                }
            }
        }
        long at = guest.driver.heap().take(64, 16);
        for (List<GuestBuffer> chain : List.of(
                List.of(GuestBuffer.readable(at, 64)),
                List.of(GuestBuffer.writable(at, 64)),
                List.of(GuestBuffer.readable(at, 1), GuestBuffer.writable(at, 1)),
                List.of(GuestBuffer.readable(-1, 1)))) {
            int id = guest.control.add(chain);
            guest.driver.kick(2);
            assertThat(guest.control.poll()).contains(new UsedBuffer(id, 0));
        }
        assertThat(events).containsEntry("refused", 4L);
    }

    @Test
    void command_pairs_ofADeviceWithOne_isAnError() {
        assertThat(guest().command(4, 0, (byte) 1, (byte) 0)).isEqualTo(ERROR);
    }

    @Test
    void pairs_several_areUsedAsTheDriverSays() {
        FrameBackend wide = new FrameBackend(3);
        try (FakeDeviceContext machine = new FakeDeviceContext("net");
                Device device = new NetFactory().create(NetConfig.of(() -> wide).events(new Counter()), machine)) {
            GuestDriver driver = new GuestDriver(machine);
            driver.begin(GuestDriver.ALL_OF_SPLIT_QUEUES);
            assertThat(driver.readRaw(0x108, 2)).isEqualTo(3);
            SplitDriverQueue third = driver.setUpQueue(5, 8);
            SplitDriverQueue control = driver.setUpQueue(6, 8);
            driver.ready();
            assertThat(device).hasToString("net0");
            assertThat(sendOn(driver, third)).isTrue();
            assertThat(wide.sent).isEmpty();
            assertThat(command(driver, control, 6, 4, 0, 3, 0)).isEqualTo(OK);
            assertThat(wide.used).endsWith(3);
            assertThat(sendOn(driver, third)).isTrue();
            assertThat(wide.sent).hasSize(1);
            for (int wrong : new int[] {0, 4, 255}) {
                assertThat(command(driver, control, 6, 4, 0, wrong, 0)).isEqualTo(ERROR);
            }
            assertThat(command(driver, control, 6, 4, 0, 1, 0)).isEqualTo(OK);
            assertThat(wide.used).endsWith(1);
            assertThat(sendOn(driver, third)).isTrue();
            assertThat(wide.sent).hasSize(1);
        }
    }

    @Test
    void pairs_driverKnowsOfOne_commandsAreBehindIt() {
        FrameBackend wide = new FrameBackend(3);
        try (FakeDeviceContext machine = new FakeDeviceContext("net");
                Device _ = new NetFactory().create(NetConfig.of(() -> wide), machine)) {
            GuestDriver driver = new GuestDriver(machine);
            driver.begin(GuestDriver.VERSION_1 | 1L << 17 | 1L << 18);
            SplitDriverQueue control = driver.setUpQueue(2, 8);
            driver.ready();
            assertThat(command(driver, control, 2, 0, 0, 1)).isEqualTo(OK);
            for (int other = 3; other <= 6; other++) {
                driver.setUpQueue(other, 8)
                        .add(GuestBuffer.readable(driver.heap().take(100, 16), 100));
                driver.kick(other);
            }
            assertThat(driver.status() & GuestDriver.NEEDS_RESET).isZero();
            assertThat(wide.sent).isEmpty();
        }
    }

    private static boolean sendOn(GuestDriver driver, SplitDriverQueue queue) {
        queue.add(GuestBuffer.readable(driver.heap().take(100, 16), 100));
        driver.kick(5);
        return queue.poll().isPresent();
    }

    private static int command(GuestDriver driver, SplitDriverQueue queue, int index, int... bytes) {
        byte[] all = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            all[i] = (byte) bytes[i];
        }
        long answer = driver.heap().put((byte) 0x55);
        queue.add(GuestBuffer.readable(driver.heap().put(all), all.length), GuestBuffer.writable(answer, 1));
        driver.kick(index);
        assertThat(queue.poll()).isPresent();
        return driver.heap().memory().getByte(answer);
    }
}
