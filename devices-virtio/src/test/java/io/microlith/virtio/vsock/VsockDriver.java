// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.testkit.Eventually;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.SeedWriter;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.virtio.testkit.UsedBuffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.BooleanSupplier;

/** The driver's side of a socket device, written from VIRTIO 1.2, 5.10, alone. */
final class VsockDriver {
    static final int REQUEST = 1;
    static final int RESPONSE = 2;
    static final int RST = 3;
    static final int SHUTDOWN = 4;
    static final int RW = 5;
    static final int CREDIT_UPDATE = 6;
    static final int CREDIT_REQUEST = 7;

    static final int BUFFER = 256;
    static final long CID = 3;

    private static final int HEADER = 44;
    private static final int SIZE = 32;

    /** More than the device fills at once. */
    private static final int BUFFERS = 64;

    /** Room for a packet that is sent. */
    private static final int SLOT = 8 << 10;

    /** A packet, from whichever side. */
    record Packet(
            long source,
            long destination,
            int sourcePort,
            int destinationPort,
            int length,
            int type,
            int op,
            int flags,
            int bufferSize,
            int forwarded,
            String payload) {
        /** One of a guest's to the host. */
        static Packet of(int op, int hostPort, int guestPort) {
            return new Packet(CID, 2, guestPort, hostPort, 0, 1, op, 0, 1 << 16, 0, "");
        }

        Packet with(String text) {
            return new Packet(
                    source,
                    destination,
                    sourcePort,
                    destinationPort,
                    text.length(),
                    type,
                    op,
                    flags,
                    bufferSize,
                    forwarded,
                    text);
        }

        Packet length(int forged) {
            return new Packet(
                    source,
                    destination,
                    sourcePort,
                    destinationPort,
                    forged,
                    type,
                    op,
                    flags,
                    bufferSize,
                    forwarded,
                    payload);
        }

        Packet flags(int other) {
            return new Packet(
                    source,
                    destination,
                    sourcePort,
                    destinationPort,
                    length,
                    type,
                    op,
                    other,
                    bufferSize,
                    forwarded,
                    payload);
        }

        Packet credit(int size, int passedOn) {
            return new Packet(
                    source, destination, sourcePort, destinationPort, length, type, op, flags, size, passedOn, payload);
        }

        Packet from(long cid, long to, int otherType) {
            return new Packet(
                    cid, to, sourcePort, destinationPort, length, otherType, op, flags, bufferSize, forwarded, payload);
        }

        byte[] bytes() {
            ByteBuffer bytes = ByteBuffer.allocate(HEADER + payload.length()).order(ByteOrder.LITTLE_ENDIAN);
            bytes.putLong(source)
                    .putLong(destination)
                    .putInt(sourcePort)
                    .putInt(destinationPort)
                    .putInt(length)
                    .putShort((short) type)
                    .putShort((short) op)
                    .putInt(flags)
                    .putInt(bufferSize)
                    .putInt(forwarded)
                    .put(payload.getBytes(StandardCharsets.ISO_8859_1));
            return bytes.array();
        }

        static Packet read(byte[] bytes) {
            ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            return new Packet(
                    in.getLong(),
                    in.getLong(),
                    in.getInt(),
                    in.getInt(),
                    in.getInt(),
                    in.getShort(),
                    in.getShort(),
                    in.getInt(),
                    in.getInt(),
                    in.getInt(),
                    new String(bytes, HEADER, bytes.length - HEADER, StandardCharsets.ISO_8859_1));
        }

        /** Such as {@code RW 5000->70}. */
        String title() {
            String[] names = {"0", "REQUEST", "RESPONSE", "RST", "SHUTDOWN", "RW", "CREDIT_UPDATE", "CREDIT_REQUEST"};
            return names[op] + " " + sourcePort + "->" + destinationPort;
        }
    }

    final GuestDriver driver;
    final SplitDriverQueue rx;
    final SplitDriverQueue tx;
    final SplitDriverQueue event;
    private final FakeDeviceContext machine;
    private final SeedWriter script;
    private final long sending;
    private int sent;
    private final Deque<Long> spare = new ArrayDeque<>();
    private final Map<Integer, Long> offered = new HashMap<>();

    /** Brings a device to life, and gives it so many buffers to receive. */
    VsockDriver(FakeDeviceContext machine, int buffers) {
        this(machine, buffers, new SeedWriter());
    }

    /** The same, and writes down what it sends, for {@link VsockFuzzTest}. */
    VsockDriver(FakeDeviceContext machine, int buffers, SeedWriter script) {
        this.machine = machine;
        this.script = script;
        driver = new GuestDriver(machine);
        driver.begin(GuestDriver.ALL_OF_SPLIT_QUEUES);
        rx = driver.setUpQueue(0, 2 * BUFFERS);
        tx = driver.setUpQueue(1, SIZE);
        event = driver.setUpQueue(2, 8);
        driver.ready();
        sending = driver.heap().take((long) SIZE * SLOT, 16);
        for (int i = 0; i < BUFFERS; i++) {
            spare.add(driver.heap().take(HEADER + BUFFER, 16));
        }
        offer(buffers);
    }

    /** Gives the device more buffers: a header's and a payload's each, as Linux does. */
    void offer(int buffers) {
        for (int i = 0; i < buffers; i++) {
            long at = spare.remove();
            int id = rx.add(GuestBuffer.writable(at, HEADER), GuestBuffer.writable(at + HEADER, BUFFER));
            offered.put(id, at);
        }
        driver.kick(0);
    }

    /** Makes a packet available. */
    void put(Packet packet) {
        VsockFuzzTest.write(script, packet);
        byte[] bytes = packet.bytes();
        long at = sending + (long) sent % SIZE * SLOT;
        sent++;
        machine.memory().write(at, bytes);
        tx.add(GuestBuffer.readable(at, HEADER), GuestBuffer.readable(at + HEADER, bytes.length - HEADER));
    }

    /** Sends a packet, and lets the device take it. */
    void send(Packet packet) {
        put(packet);
        driver.kick(1);
        driver.drain(tx);
    }

    void send(int op, int hostPort, int guestPort) {
        send(Packet.of(op, hostPort, guestPort));
    }

    /** Lets the device run until something holds. */
    void await(String what, BooleanSupplier condition) {
        Eventually.holds(what, () -> {
            driver.settle();
            return condition.getAsBoolean();
        });
    }

    /** Takes what came, and gives the buffers back to the device. */
    List<Packet> receive() {
        List<Packet> packets = take();
        if (!packets.isEmpty()) {
            offer(packets.size());
        }
        return packets;
    }

    /** Takes what came, and keeps the buffers. */
    List<Packet> take() {
        driver.settle();
        List<Packet> packets = new ArrayList<>();
        for (UsedBuffer used : driver.drain(rx)) {
            long at = offered.remove(used.id());
            spare.add(at);
            byte[] bytes = new byte[(int) used.written()];
            machine.memory().read(at, bytes, 0, bytes.length);
            packets.add(Packet.read(bytes));
        }
        return packets;
    }

    /** The one packet that came. */
    Packet receiveOne() {
        List<Packet> packets = receive();
        if (packets.size() != 1) {
            throw new NoSuchElementException("not one packet but " + titles(packets));
        }
        return packets.getFirst();
    }

    static List<String> titles(List<Packet> packets) {
        return packets.stream().map(Packet::title).toList();
    }

    /** The titles of what came. */
    List<String> received() {
        return titles(receive());
    }

    /** What came as payload, in one. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (List<Packet> packets = receive(); !packets.isEmpty(); packets = receive()) {
            packets.forEach(packet -> text.append(packet.payload()));
        }
        return text.toString();
    }
}
