// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.SeedWriter;
import io.microlith.virtio.testkit.DriverQueue;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.UsedBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A machine with a network device of one queue pair, and its driver. */
final class NetGuest implements AutoCloseable {
    static final int HEADER = 12;
    static final long MERGEABLE = 1L << 15;

    private static final int QUEUE_SIZE = 64;

    final FakeDeviceContext machine;
    final GuestDriver driver;
    final NetDevice device;
    final DriverQueue receiving;
    final DriverQueue sending;
    final DriverQueue control;
    private final SeedWriter script;
    private final Map<Integer, GuestBuffer> given = new HashMap<>();

    /** Those that came back. */
    private final List<GuestBuffer> spare = new ArrayList<>();

    NetGuest(NetConfig config) {
        this(config, GuestDriver.ALL_OF_SPLIT_QUEUES);
    }

    NetGuest(NetConfig config, long features) {
        this(config, features, new FakeDeviceContext("net"), new SeedWriter());
    }

    /** One that writes down what its driver does, for {@link NetFuzzTest}. */
    NetGuest(NetConfig config, long features, FakeDeviceContext machine, SeedWriter script) {
        this.machine = machine;
        this.script = script;
        NetFuzzTest.begin(script, features);
        device = (NetDevice) new NetFactory().create(config, machine);
        driver = new GuestDriver(machine);
        driver.begin(features);
        boolean packed = (driver.offered() & features & GuestDriver.RING_PACKED) != 0;
        receiving = queue(0, packed);
        sending = queue(1, packed);
        control = queue(2, packed);
        driver.ready();
    }

    private DriverQueue queue(int index, boolean packed) {
        return packed ? driver.setUpPackedQueue(index, QUEUE_SIZE) : driver.setUpQueue(index, QUEUE_SIZE);
    }

    /** Gives a buffer for what is received. */
    int give(int size) {
        GuestBuffer buffer = spare.stream()
                .filter(one -> one.length() == size)
                .findFirst()
                .orElseGet(() -> GuestBuffer.writable(driver.heap().take(size, 16), size));
        spare.remove(buffer);
        NetFuzzTest.add(script, 0, machine.memory(), buffer);
        int id = receiving.add(buffer);
        given.put(id, buffer);
        return id;
    }

    void giveAndRing(int count, int size) {
        for (int i = 0; i < count; i++) {
            give(size);
        }
        driver.kick(0);
    }

    /** Takes a frame that was received, with its header: as many buffers as that says, all filled but the last. */
    Optional<byte[]> receive() {
        Optional<UsedBuffer> first = receiving.poll();
        if (first.isEmpty()) {
            return Optional.empty();
        }
        byte[] frame = content(first.get());
        int count = (frame[10] & 0xff) | (frame[11] & 0xff) << 8;
        assertThat(count).isPositive();
        UsedBuffer last = first.get();
        for (int i = 1; i < count; i++) {
            assertThat(last.written())
                    .isEqualTo(Objects.requireNonNull(given.get(last.id())).length());
            last = receiving.poll().orElseThrow();
            byte[] part = content(last);
            byte[] both = Arrays.copyOf(frame, frame.length + part.length);
            System.arraycopy(part, 0, both, frame.length, part.length);
            frame = both;
        }
        return Optional.of(frame);
    }

    private byte[] content(UsedBuffer used) {
        byte[] bytes = new byte[(int) used.written()];
        GuestBuffer buffer = Objects.requireNonNull(given.get(used.id()));
        machine.memory().read(buffer.address(), bytes, 0, bytes.length);
        spare.add(buffer);
        return bytes;
    }

    /** All frames that were received, without their headers. */
    List<byte[]> receiveAll() {
        List<byte[]> all = new ArrayList<>();
        for (Optional<byte[]> next = receive(); next.isPresent(); next = receive()) {
            all.add(Arrays.copyOfRange(next.get(), HEADER, next.get().length));
        }
        return all;
    }

    /** Makes a frame available, with an empty header, and does not ring. */
    int offer(byte... frame) {
        GuestBuffer header = GuestBuffer.readable(driver.heap().put(new byte[HEADER]), HEADER);
        GuestBuffer content = GuestBuffer.readable(driver.heap().put(frame), frame.length);
        NetFuzzTest.add(script, 1, machine.memory(), header, content);
        return sending.add(header, content);
    }

    /** Sends a frame. Returns whether it was taken from the queue. */
    boolean send(byte... frame) {
        int id = offer(frame);
        driver.kick(1);
        return sending.poll().filter(used -> used.equals(new UsedBuffer(id, 0))).isPresent();
    }

    /** Gives a command. Returns the answer. */
    int command(int group, int command, byte... data) {
        byte[] all = new byte[2 + data.length];
        all[0] = (byte) group;
        all[1] = (byte) command;
        System.arraycopy(data, 0, all, 2, data.length);
        long answer = driver.heap().put((byte) 0x55);
        GuestBuffer asked = GuestBuffer.readable(driver.heap().put(all), all.length);
        GuestBuffer answered = GuestBuffer.writable(answer, 1);
        NetFuzzTest.add(script, 2, machine.memory(), asked, answered);
        int id = control.add(asked, answered);
        driver.kick(2);
        assertThat(control.poll()).contains(new UsedBuffer(id, 1));
        return machine.memory().getByte(answer);
    }

    /** Reads the configuration. */
    long config(int offset, int size) {
        return driver.readRaw(0x100 + offset, size);
    }

    static byte[] frame(int length, int seed) {
        byte[] frame = new byte[length];
        for (int i = 0; i < length; i++) {
            frame[i] = (byte) (seed + i * 31 + (i >> 8));
        }
        return frame;
    }

    @Override
    public void close() {
        device.close();
        machine.close();
    }
}
