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
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A guest that does anything to a device, as a fuzzer's script says, and that wants it to work at the end.
 * {@link GuestSeed} writes such scripts.
 */
// Only tests use it.
@SuppressWarnings("exports")
public final class HostileGuest {
    private static final int QUEUE_SIZE = 16;
    private static final int MOST_POLLS = 20;

    private final FakeDeviceContext machine;
    private final FuzzedDataProvider script;
    private final GuestPlaces places;

    private HostileGuest(FakeDeviceContext machine, FuzzedDataProvider script) {
        this.machine = machine;
        this.script = script;
        places = GuestPlaces.in(machine);
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
        return play(factory, config, script, request, _ -> {});
    }

    /** The same with something that holds after each step. */
    public static <C, S extends DeviceState> boolean play(
            DeviceFactory<C, S> factory,
            C config,
            FuzzedDataProvider script,
            Function<GuestHeap, List<GuestBuffer>> request,
            Consumer<FakeDeviceContext> promises) {
        byte[] saved;
        try (FakeDeviceContext machine = new FakeDeviceContext(factory.type());
                Device device = factory.create(config, machine)) {
            new HostileGuest(machine, script).playAll(request, promises);
            saved = StateCodec.encode(((Snapshotable<?>) device).save());
        }
        try (FakeDeviceContext machine = new FakeDeviceContext(factory.type());
                Device device = factory.restore(config, factory.read(StateCodec.reader(saved)), machine)) {
            device.resume();
            HostileGuest guest = new HostileGuest(machine, script);
            promises.accept(machine);
            guest.settle();
            promises.accept(machine);
            return ((Snapshotable<?>) device).save() != null && guest.works(request);
        }
    }

    private void playAll(Function<GuestHeap, List<GuestBuffer>> request, Consumer<FakeDeviceContext> promises) {
        for (int step = 0; step < GuestStep.MOST && script.remainingBytes() > 0; step++) {
            switch (GuestStep.ofNumber(script.consumeInt(0, GuestStep.LAST))) {
                case STORE -> machine.store(places.address(address()), width(), script.consumeLong());
                case LOAD -> machine.load(places.address(address()), width());
                case CONFIG -> places.writeConfig(script.consumeInt(0, 0xff), width(), script.consumeInt());
                case POST -> machine.post(places.address(address()), width(), script.consumeInt(0, 0xff));
                case BEGIN -> begin(request);
                case LONG ->
                    machine.memory()
                            .putLong(
                                    GuestStep.HEAP + script.consumeInt(0, GuestStep.HEAP_SIZE - 1),
                                    script.consumeLong());
                case SHORT ->
                    machine.memory()
                            .putShort(
                                    GuestStep.HEAP + script.consumeInt(0, GuestStep.HEAP_SIZE - 1),
                                    script.consumeShort());
                case DESCRIPTOR -> descriptor();
                case STATUS -> new GuestDriver(machine).addStatus(script.consumeInt(0, 0xff));
                case RING -> new GuestDriver(machine).ring(script.consumeInt(0, 7));
            }
            settle();
            promises.accept(machine);
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
        long at = GuestStep.HEAP + 16L * script.consumeInt(0, QUEUE_SIZE - 1);
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

    private int address() {
        return script.consumeInt(0, GuestPlaces.LAST);
    }

    private int width() {
        return GuestStep.WIDTHS.get(script.consumeInt(0, GuestStep.WIDTHS.size() - 1));
    }
}
