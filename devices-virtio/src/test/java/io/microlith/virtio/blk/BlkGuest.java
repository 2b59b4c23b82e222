// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.vmm.device.Device;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A machine with a disk and its driver. */
final class BlkGuest implements AutoCloseable {
    static final byte OK = 0;
    static final byte IO_ERROR = 1;
    static final byte UNSUPPORTED = 2;

    final FakeDeviceContext machine;
    final Device device;
    final GuestDriver driver;
    SplitDriverQueue queue;

    /** So many bytes of one value. */
    static byte[] filled(int size, int value) {
        byte[] content = new byte[size];
        Arrays.fill(content, (byte) value);
        return content;
    }

    BlkGuest(BlkConfig config) {
        this(config, new FakeDeviceContext("blk"));
    }

    BlkGuest(BlkConfig config, FakeDeviceContext machine) {
        this.machine = machine;
        device = new BlkFactory().create(config, machine);
        driver = new GuestDriver(machine);
        queue = begin();
    }

    /** Brings the disk to life, with a new queue. */
    SplitDriverQueue begin() {
        driver.begin(GuestDriver.ALL_OF_SPLIT_QUEUES);
        queue = driver.setUpQueue(0, 64);
        driver.ready();
        return queue;
    }

    long add(int type, long sector, GuestBuffer... data) {
        byte[] header = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(type)
                .putInt(0)
                .putLong(sector)
                .array();
        GuestBuffer[] all = new GuestBuffer[data.length + 2];
        all[0] = GuestBuffer.readable(driver.heap().put(header), 16);
        System.arraycopy(data, 0, all, 1, data.length);
        long status = driver.heap().put((byte) 0x55);
        all[data.length + 1] = GuestBuffer.writable(status, 1);
        queue.add(all);
        return status;
    }

    byte request(int type, long sector, GuestBuffer... data) {
        long status = add(type, sector, data);
        driver.kick(0);
        assertThat(queue.poll()).isPresent();
        return machine.memory().getByte(status);
    }

    byte write(long sector, byte... content) {
        return request(1, sector, GuestBuffer.readable(driver.heap().put(content), content.length));
    }

    byte[] read(long sector, int length) {
        long buffer = driver.heap().take(length, 16);
        assertThat(request(0, sector, GuestBuffer.writable(buffer, length))).isZero();
        byte[] content = new byte[length];
        machine.memory().read(buffer, content, 0, length);
        return content;
    }

    byte trim(int type, long sector, int sectors, int flags) {
        byte[] segment = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(sector)
                .putInt(sectors)
                .putInt(flags)
                .array();
        return request(type, 0, GuestBuffer.readable(driver.heap().put(segment), 16));
    }

    @Override
    public void close() {
        device.close();
        machine.close();
    }
}
