// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.testkit.DriverQueue;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.GuestHeap;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.Snapshotable;
import io.microlith.vmm.state.StateCodec;
import java.util.List;
import java.util.function.Function;

/** A guest that does anything to a device on MMIO, as a fuzzer's script says, and that wants it to work at the end. */
// Only tests use it.
@SuppressWarnings("exports")
public final class HostileGuest {
    private static final int QUEUE_SIZE = 16;
    private static final int MOST_STEPS = 200;
    private static final int MOST_POLLS = 20;

    /** Where the heap begins: the queue, and what good requests are made of. */
    private static final long HEAP = 0x1_0000;

    private static final long HEAP_SIZE = 0x1000;
    private static final int[] WIDTHS = {1, 2, 4, 4, 4, 4, 8};

    private final FakeDeviceContext machine;
    private final FuzzedDataProvider script;

    private HostileGuest(FakeDeviceContext machine, FuzzedDataProvider script) {
        this.machine = machine;
        this.script = script;
    }

    /**
     * Makes a device, plays a script, restores the device from what it is then, and makes a request of the restored
     * one.
     *
     * @param request the buffers of a good request
     * @return whether it was completed
     */
    public static <C, S extends DeviceState> boolean play(
            DeviceFactory<C, S> factory,
            C config,
            FuzzedDataProvider script,
            Function<GuestHeap, List<GuestBuffer>> request) {
        byte[] saved;
        try (FakeDeviceContext machine = new FakeDeviceContext(factory.type());
                Device device = factory.create(config, machine)) {
            new HostileGuest(machine, script).playAll(request);
            saved = StateCodec.encode(((Snapshotable<?>) device).save());
        }
        try (FakeDeviceContext machine = new FakeDeviceContext(factory.type());
                Device device = factory.restore(config, factory.read(StateCodec.reader(saved)), machine)) {
            HostileGuest guest = new HostileGuest(machine, script);
            guest.settle();
            return ((Snapshotable<?>) device).save() != null && guest.works(request);
        }
    }

    private void playAll(Function<GuestHeap, List<GuestBuffer>> request) {
        for (int step = 0; step < MOST_STEPS && script.remainingBytes() > 0; step++) {
            switch (script.consumeInt(0, 7)) {
                case 0 -> machine.store(address(), width(), script.consumeLong());
                case 1 -> machine.load(address(), width());
                case 2 -> begin(request);
                case 3 -> machine.memory().putLong(HEAP + script.consumeLong(0, HEAP_SIZE), script.consumeLong());
                case 4 -> machine.memory().putShort(HEAP + script.consumeLong(0, HEAP_SIZE), script.consumeShort());
                case 5 -> descriptor();
                case 6 -> machine.store(base() + 0x70, 4, script.consumeInt(0, 255));
                default -> new GuestDriver(machine).ring(script.consumeInt(0, 1));
            }
            settle();
        }
    }

    /** Brings the device to life as a good driver would, and has a good request in the queue that is not rung for. */
    private void begin(Function<GuestHeap, List<GuestBuffer>> request) {
        GuestDriver driver = new GuestDriver(machine);
        long wanted = script.consumeBoolean() ? -1L : GuestDriver.ALL_OF_SPLIT_QUEUES;
        driver.begin(wanted);
        DriverQueue queue = (driver.offered() & wanted & GuestDriver.RING_PACKED) != 0
                ? driver.setUpPackedQueue(0, QUEUE_SIZE)
                : driver.setUpQueue(0, QUEUE_SIZE);
        driver.addStatus(GuestDriver.DRIVER_OK);
        if (script.consumeBoolean()) {
            queue.add(request.apply(driver.heap()));
        } else {
            queue.addIndirect(request.apply(driver.heap()));
        }
    }

    /** Writes a descriptor that makes some sense where tables and packed rings are. */
    private void descriptor() {
        long at = HEAP + 16L * script.consumeInt(0, QUEUE_SIZE - 1);
        machine.memory().putLong(at, script.consumeLong(0, FakeDeviceContext.MEMORY_SIZE));
        machine.memory().putInt(at + 8, script.consumeInt(0, 0x1010));
        machine.memory().putInt(at + 12, script.consumeInt());
    }

    private boolean works(Function<GuestHeap, List<GuestBuffer>> request) {
        GuestDriver driver = new GuestDriver(machine);
        driver.begin(GuestDriver.VERSION_1);
        DriverQueue queue = driver.setUpQueue(0, QUEUE_SIZE);
        driver.addStatus(GuestDriver.DRIVER_OK);
        queue.add(request.apply(driver.heap()));
        driver.ring(0);
        settle();
        return queue.poll().isPresent() && (driver.status() & GuestDriver.NEEDS_RESET) == 0;
    }

    /** Lets the device work, but not for ever: a queue can be made to refill itself. */
    private void settle() {
        for (int i = 0; i < MOST_POLLS && machine.eventLoop().poll(0) > 0; i++) {
            // More may have come of it.
        }
    }

    private long base() {
        return machine.windows().getFirst().base();
    }

    private long address() {
        return base() + script.consumeInt(0, 0x1ff);
    }

    private int width() {
        return WIDTHS[script.consumeInt(0, WIDTHS.length - 1)];
    }
}
