// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.SeedWriter;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.virtio.testkit.UsedBuffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The driver of a console in a test: what Linux's does, one step at a time. */
final class ConsoleGuest {
    static final long SIZE = 1;
    static final long MULTIPORT = 2;

    private static final int QUEUE_SIZE = 8;
    private static final int BUFFER_SIZE = 64;
    private static final int CONTROL_INPUT = 2;
    private static final int CONTROL_OUTPUT = 3;

    private final FakeDeviceContext machine;
    private final SeedWriter script;
    private final GuestDriver driver;
    private final Map<Integer, SplitDriverQueue> queues = new HashMap<>();
    private final Map<Integer, Map<Integer, Long>> posted = new HashMap<>();

    ConsoleGuest(FakeDeviceContext machine) {
        this(machine, new SeedWriter());
    }

    /** A driver that writes down what it does, for {@link HostileTalk}. */
    ConsoleGuest(FakeDeviceContext machine, SeedWriter script) {
        this.machine = machine;
        this.script = script;
        driver = new GuestDriver(machine);
    }

    GuestDriver driver() {
        return driver;
    }

    SplitDriverQueue queue(int index) {
        return queues.get(index);
    }

    /** Brings a device with so many queues to life; control messages have buffers, ports not yet. */
    void begin(long features, int count) {
        driver.begin(GuestDriver.VERSION_1 | features);
        for (int i = 0; i < count; i++) {
            queues.put(i, driver.setUpQueue(i, QUEUE_SIZE));
            posted.put(i, new HashMap<>());
        }
        driver.ready();
        if ((features & MULTIPORT) != 0) {
            for (int i = 0; i < QUEUE_SIZE; i++) {
                post(CONTROL_INPUT);
            }
        }
    }

    /** Gives the device a buffer to write into. */
    void post(int queue) {
        HostileTalk.write(script, queue, 0, BUFFER_SIZE);
        long address = driver.heap().take(BUFFER_SIZE, 16);
        posted.get(queue).put(queues.get(queue).add(GuestBuffer.writable(address, BUFFER_SIZE)), address);
        driver.kick(queue);
    }

    /** The same, unless the device has as many as there can be. */
    void postIfItCan(int queue) {
        if (posted.get(queue).size() < QUEUE_SIZE) {
            post(queue);
        }
    }

    /** Takes what the device wrote since, buffer by buffer. */
    List<byte[]> take(int queue) {
        List<byte[]> taken = new ArrayList<>();
        driver.settle();
        for (UsedBuffer used : driver.drain(queues.get(queue))) {
            byte[] bytes = new byte[(int) used.written()];
            machine.memory().read(posted.get(queue).remove(used.id()), bytes, 0, bytes.length);
            taken.add(bytes);
        }
        return taken;
    }

    /** The same as one text. */
    String text(int queue) {
        StringBuilder text = new StringBuilder();
        take(queue).forEach(bytes -> text.append(new String(bytes, StandardCharsets.ISO_8859_1)));
        return text.toString();
    }

    /** Sends bytes; returns what the chain is called. */
    int send(int queue, String text) {
        byte[] start = Arrays.copyOf(text.getBytes(StandardCharsets.ISO_8859_1), Long.BYTES);
        HostileTalk.write(
                script,
                queue,
                ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong(),
                text.length());
        int id = queues.get(queue)
                .add(GuestBuffer.readable(
                        driver.heap().put(text.getBytes(StandardCharsets.ISO_8859_1)), text.length()));
        driver.kick(queue);
        return id;
    }

    /** Sends a control message. */
    void say(int port, int event, int value) {
        ByteBuffer fields = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(port)
                .putShort((short) event)
                .putShort((short) value);
        byte[] message = fields.array();
        HostileTalk.write(script, CONTROL_OUTPUT, fields.getLong(0), message.length);
        queues.get(CONTROL_OUTPUT).add(GuestBuffer.readable(driver.heap().put(message), message.length));
        driver.kick(CONTROL_OUTPUT);
        driver.drain(queues.get(CONTROL_OUTPUT));
    }

    /**
     * What the device said, as {@code port:event:value} and then the rest in hexadecimal; each buffer is given again.
     */
    List<String> heard() {
        List<String> all = new ArrayList<>();
        List<byte[]> messages = take(CONTROL_INPUT);
        while (!messages.isEmpty()) {
            for (byte[] bytes : messages) {
                ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
                StringBuilder text = new StringBuilder()
                        .append(fields.getInt())
                        .append(':')
                        .append(fields.getShort())
                        .append(':')
                        .append(fields.getShort());
                while (fields.hasRemaining()) {
                    text.append(String.format(" %02x", fields.get()));
                }
                all.add(text.toString());
                post(CONTROL_INPUT);
            }
            messages = take(CONTROL_INPUT);
        }
        return all;
    }

    /** Sets all ports up as Linux does. Returns what the device said. */
    List<String> meet(int ports) {
        say(0, ConsoleLayout.DEVICE_READY, 1);
        List<String> all = new ArrayList<>(heard());
        for (int port = 0; port < ports; port++) {
            say(port, ConsoleLayout.PORT_READY, 1);
            all.addAll(heard());
        }
        return all;
    }
}
