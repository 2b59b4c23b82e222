// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.bus.pci.PciAddress;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.Snapshotable;
import io.microlith.vmm.state.StateCodec;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

/**
 * What every virtio device promises, whatever its driver does: it throws nothing, and works again after a reset. A test
 * of a device extends this and says how to make one and what a good request is. Needs the engines of JUnit and jqwik.
 *
 * @param <C> the device's configuration
 * @param <S> the device's state
 */
public abstract class VirtioDeviceContract<C, S extends DeviceState> {
    private static final int QUEUE_SIZE = 16;

    /** Makes a contract. */
    protected VirtioDeviceContract() {}

    /** Makes the devices. */
    protected abstract DeviceFactory<C, S> factory();

    /** A new configuration: on the machine's loop, over MMIO or PCI. */
    protected abstract C config();

    /**
     * A chain that the device completes at once, when it gets it on its first queue. Takes its buffers from the heap.
     */
    protected abstract List<GuestBuffer> request(GuestHeap heap);

    /** Whether a request was done, by the bytes that the device says it wrote. Most requests are for some. */
    protected boolean isDone(long written) {
        return written > 0;
    }

    @Test
    void request_good_isCompleted() {
        try (Machine machine = new Machine()) {
            machine.assertWorks();
        }
    }

    @Test
    void request_onPackedQueue_isCompletedIfOffered() {
        try (Machine machine = new Machine()) {
            machine.driver.begin(-1L);
            if ((machine.driver.offered() & GuestDriver.RING_PACKED) == 0) {
                return;
            }
            PackedDriverQueue queue = machine.driver.setUpPackedQueue(0, QUEUE_SIZE);
            machine.driver.ready();
            for (int i = 0; i < 3 * QUEUE_SIZE; i++) {
                int id = i % 2 == 0
                        ? queue.add(request(machine.driver.heap()))
                        : queue.addIndirect(request(machine.driver.heap()));
                assertThat(queue.wantsNotification()).isTrue();
                machine.driver.kick(0);
                assertThat(queue.poll())
                        .hasValueSatisfying(used -> assertThat(used.id()).isEqualTo(id));
                assertThat(machine.driver.interrupted()).isTrue();
                queue.enableInterrupts();
            }
        }
    }

    @Test
    void request_severalInOrder_areGivenBackInThatOrder() {
        for (long format : List.of(0L, GuestDriver.RING_PACKED)) {
            try (Machine machine = new Machine()) {
                long wanted = GuestDriver.IN_ORDER | format;
                if ((machine.driver.offered() & wanted) != wanted) {
                    continue;
                }
                machine.driver.begin(GuestDriver.VERSION_1 | wanted);
                DriverQueue queue = format == 0
                        ? machine.driver.setUpQueue(0, QUEUE_SIZE)
                        : machine.driver.setUpPackedQueue(0, QUEUE_SIZE);
                machine.driver.ready();
                for (int round = 0; round < 5; round++) {
                    List<Integer> ids = new ArrayList<>();
                    for (int i = 0; i < QUEUE_SIZE / 2; i++) {
                        ids.add(queue.addIndirect(request(machine.driver.heap())));
                    }
                    machine.driver.kick(0);
                    assertThat(machine.driver.drain(queue))
                            .extracting(UsedBuffer::id)
                            .isEqualTo(ids);
                }
            }
        }
    }

    @Test
    void reset_atEveryStep_worksAfterwards() {
        for (int steps = 0; steps < 6; steps++) {
            try (Machine machine = new Machine()) {
                machine.bringUp(steps);
                machine.device.reset();
                assertThat(machine.driver.status()).isZero();
                machine.bringUp(steps);
                machine.driver.reset();
                assertThat(machine.driver.status()).isZero();
                machine.assertWorks();
            }
        }
    }

    @Test
    void save_atEveryStep_goesOnElsewhere() {
        for (int steps = 0; steps < 6; steps++) {
            try (Machine machine = new Machine()) {
                machine.bringUp(steps);
                DeviceState before = machine.save();
                try (Machine elsewhere = machine.move()) {
                    assertThat(elsewhere.save()).isEqualTo(before);
                    elsewhere.assertWorks();
                }
            }
        }
    }

    @Test
    void save_requestPending_isServedElsewhere() {
        try (Machine machine = new Machine()) {
            machine.driver.begin(GuestDriver.VERSION_1);
            SplitDriverQueue queue = machine.driver.setUpQueue(0, QUEUE_SIZE);
            machine.driver.ready();
            queue.add(request(machine.driver.heap()));
            machine.driver.ring(0);
            try (Machine elsewhere = machine.move()) {
                elsewhere.driver.settle();
                assertThat(queue.in(elsewhere.driver.heap()).poll()).isPresent();
            }
        }
    }

    @Test
    void notify_beforeReady_isIgnored() {
        try (Machine machine = new Machine()) {
            for (int queue = 0; queue < 4; queue++) {
                machine.driver.kick(queue);
            }
            machine.driver.begin(GuestDriver.VERSION_1);
            machine.driver.setUpQueue(0, QUEUE_SIZE);
            machine.driver.kick(0);
            assertThat(machine.driver.interrupted()).isFalse();
            machine.assertWorks();
        }
    }

    @Test
    void access_everyOffsetAndWidth_isAnswered() {
        try (Machine machine = new Machine()) {
            long window = machine.driver.windowSize();
            for (int size = 1; size <= Long.BYTES; size++) {
                for (long offset = 0; offset <= window - size; offset++) {
                    machine.driver.readRaw(offset, size);
                    machine.driver.writeRaw(offset, size, -1);
                    machine.driver.writeRaw(offset, size, 0);
                }
            }
            machine.driver.settle();
            machine.assertWorks();
        }
    }

    @Test
    void features_notOffered_areNotAgreed() {
        try (Machine machine = new Machine()) {
            GuestDriver driver = machine.driver;
            long foreign = Long.lowestOneBit(~driver.offered() & 0x00ff_ffffL);
            driver.reset();
            driver.addStatus(GuestDriver.FOUND);
            driver.accept(foreign | GuestDriver.VERSION_1);
            assertThat(driver.status() & GuestDriver.FEATURES_OK).isZero();
            driver.addStatus(GuestDriver.DRIVER_OK);
            assertThat(driver.status() & GuestDriver.DRIVER_OK).isZero();
            machine.assertWorks();
        }
    }

    @Test
    void queue_outsideMemory_needsReset() {
        try (Machine machine = new Machine()) {
            machine.driver.begin(GuestDriver.VERSION_1);
            machine.driver.enableRaw(0, QUEUE_SIZE, 0x7fff_0000L << Integer.SIZE, 0, 0);
            machine.driver.ready();
            assertThat(machine.driver.status() & GuestDriver.NEEDS_RESET).isNotZero();
            machine.assertWorks();
        }
    }

    @Test
    void chain_wrongInEveryWay_isCompletedOrNeedsReset() {
        long end = FakeDeviceContext.MEMORY_SIZE;
        List<List<GuestBuffer>> chains = List.of(
                List.of(GuestBuffer.readable(0x2000, 64)),
                List.of(GuestBuffer.writable(0x2000, 64)),
                List.of(GuestBuffer.writable(0x2000, 64), GuestBuffer.readable(0x3000, 64)),
                List.of(GuestBuffer.writable(0x2000, 0)),
                List.of(GuestBuffer.readable(0x2000, 0), GuestBuffer.writable(0x2000, 0)),
                List.of(GuestBuffer.writable(0, 0xffff_ffffL)),
                List.of(GuestBuffer.readable(0, 0xffff_ffffL), GuestBuffer.writable(0x2000, 1)),
                List.of(GuestBuffer.readable(end - 1, 2), GuestBuffer.writable(0x2000, 1)),
                List.of(GuestBuffer.writable(-1, 1)),
                List.of(GuestBuffer.writable(Long.MIN_VALUE, 0xffff_ffffL)));
        for (List<GuestBuffer> chain : chains) {
            try (Machine machine = new Machine()) {
                machine.driver.begin(GuestDriver.VERSION_1);
                SplitDriverQueue queue = machine.driver.setUpQueue(0, QUEUE_SIZE);
                machine.driver.ready();
                queue.add(chain);
                machine.driver.kick(0);
                assertThat(queue.poll().isPresent() || (machine.driver.status() & GuestDriver.NEEDS_RESET) != 0)
                        .as("%s", chain)
                        .isTrue();
                machine.assertWorks();
            }
        }
    }

    @Test
    void ring_wrongInEveryWay_isCompletedOrNeedsReset() {
        for (WrongRing<SplitDriverQueue> wrong : WrongRing.split()) {
            try (Machine machine = new Machine()) {
                machine.driver.begin(GuestDriver.VERSION_1 | GuestDriver.INDIRECT_DESC);
                SplitDriverQueue queue = machine.driver.setUpQueue(0, QUEUE_SIZE);
                machine.driver.ready();
                wrong.attack(queue, machine.driver.heap());
                machine.driver.kick(0);
                assertThat(queue.poll().isPresent() || machine.needsReset())
                        .as(wrong.what())
                        .isTrue();
                machine.assertWorks();
            }
        }
    }

    @Test
    void ring_packedAndWrongInEveryWay_isGivenBackOrNeedsReset() {
        for (WrongRing<PackedDriverQueue> wrong : WrongRing.packed()) {
            try (Machine machine = new Machine()) {
                machine.driver.begin(GuestDriver.VERSION_1 | GuestDriver.INDIRECT_DESC | GuestDriver.RING_PACKED);
                if ((machine.driver.offered() & GuestDriver.RING_PACKED) == 0) {
                    return;
                }
                PackedDriverQueue queue = machine.driver.setUpPackedQueue(0, QUEUE_SIZE);
                machine.driver.ready();
                wrong.attack(queue, machine.driver.heap());
                machine.driver.kick(0);
                assertThat(queue.rawIsUsed() || machine.needsReset())
                        .as(wrong.what())
                        .isTrue();
                machine.assertWorks();
            }
        }
    }

    @Test
    void queue_anyPlacesAndSizes_worksOrNeedsReset() {
        long end = FakeDeviceContext.MEMORY_SIZE;
        long[] places = {0, 2, 4, 8, 0x2000, end - 16, end - 4, end - 2, end, 1L << 32, -16, -1, Long.MIN_VALUE};
        for (int size : new int[] {0, 1, 2, 3, QUEUE_SIZE, 1 << 15, 1 << 16}) {
            for (long place : places) {
                for (long features : List.of(GuestDriver.VERSION_1, GuestDriver.VERSION_1 | GuestDriver.RING_PACKED)) {
                    try (Machine machine = new Machine()) {
                        machine.driver.begin(features);
                        // All areas in one place: nobody forbids a driver that.
                        machine.driver.enableRaw(0, size, place, place, place);
                        machine.driver.ready();
                        machine.driver.kick(0);
                        machine.assertWorks();
                    }
                }
            }
        }
    }

    @Test
    void reset_requestPending_touchesNothingAfterwards() {
        for (long format : List.of(0L, GuestDriver.RING_PACKED)) {
            try (Machine machine = new Machine()) {
                DriverQueue queue = machine.live(format);
                queue.add(request(machine.driver.heap()));
                machine.driver.ring(0);
                machine.driver.reset();
                byte[] before = machine.memory();
                machine.driver.settle();
                assertThat(machine.memory()).isEqualTo(before);
                assertThat(machine.driver.interrupted()).isFalse();
                machine.assertWorks();
            }
        }
    }

    @Test
    void queueReset_requestPending_touchesNothingAfterwards() {
        for (long format : List.of(0L, GuestDriver.RING_PACKED)) {
            try (Machine machine = new Machine()) {
                DriverQueue queue = machine.live(format | GuestDriver.RING_RESET);
                queue.add(request(machine.driver.heap()));
                machine.driver.ring(0);
                machine.driver.resetQueue(0);
                byte[] before = machine.memory();
                machine.driver.settle();
                assertThat(machine.memory()).isEqualTo(before);
                assertThat(machine.needsReset()).isFalse();
                machine.assertWorks();
            }
        }
    }

    @Test
    void save_packedQueueMidway_goesOnElsewhere() {
        try (Machine machine = new Machine()) {
            if (!(machine.live(GuestDriver.RING_PACKED) instanceof PackedDriverQueue queue)) {
                return;
            }
            // An odd number, so that the wrap counters differ from those at the beginning sooner or later.
            for (int i = 0; i < QUEUE_SIZE + 3; i++) {
                queue.addIndirect(request(machine.driver.heap()));
                machine.driver.kick(0);
                assertThat(queue.poll()).isPresent();
            }
            queue.addIndirect(request(machine.driver.heap()));
            machine.driver.ring(0);
            try (Machine elsewhere = machine.move()) {
                elsewhere.driver.settle();
                assertThat(queue.in(elsewhere.driver.heap()).poll()).isPresent();
            }
        }
    }

    @Test
    void access_everyOffsetAndWidthWhileLive_isAnswered() {
        try (Machine machine = new Machine()) {
            machine.live(0);
            long window = machine.driver.windowSize();
            for (int size = 1; size <= Long.BYTES; size++) {
                for (long offset = 0; offset <= window - size; offset++) {
                    machine.driver.readRaw(offset, size);
                }
            }
            for (int size = 1; size <= Long.BYTES; size++) {
                for (long offset = 0; offset <= window - size; offset++) {
                    machine.driver.writeRaw(offset, size, 0x0101_0101_0101_0101L);
                    machine.driver.settle();
                }
            }
            machine.assertWorks();
        }
    }

    @Test
    void configurationSpace_everyOffsetAndWidth_isAnswered() {
        try (Machine machine = new Machine()) {
            for (PciAddress function : machine.context.pciBus().functions().keySet()) {
                for (int size = 1; size <= Integer.BYTES; size *= 2) {
                    for (int offset = 0; offset < 256; offset += size) {
                        machine.context.pciBus().readConfig(function.device(), offset, size);
                        machine.context.pciBus().writeConfig(function.device(), offset, size, -1);
                        machine.context.pciBus().writeConfig(function.device(), offset, size, 0);
                    }
                }
            }
            machine.device.reset();
            machine.assertWorks();
        }
    }

    /** A driver that does anything at all, in any order. */
    @Property(tries = 300)
    public void driver_hostile_harmsNothingAndWorksAfterReset(@ForAll("attacks") List<HostileStep> steps) {
        attack(GuestDriver.ALL_OF_SPLIT_QUEUES, steps);
    }

    /** The same with packed queues, where the device offers them. */
    @Property(tries = 300)
    public void driver_hostileOnPackedQueue_harmsNothingAndWorksAfterReset(@ForAll("attacks") List<HostileStep> steps) {
        attack(-1L, steps);
    }

    private void attack(long features, List<HostileStep> steps) {
        Machine machine = new Machine();
        try {
            HostileDriver hostile = HostileDriver.begin(machine.driver, features);
            for (HostileStep step : steps) {
                switch (step.kind()) {
                    case BEGIN -> hostile = HostileDriver.begin(machine.driver, features);
                    case REQUEST -> machine.tryRequest();
                    case MOVE -> {
                        Machine elsewhere = machine.move();
                        machine.close();
                        machine = elsewhere;
                        hostile = hostile.moved(machine.driver);
                    }
                    default -> hostile.take(step);
                }
            }
            machine.assertWorks();
        } finally {
            machine.close();
        }
    }

    /** What hostile drivers do, much of it close to what makes sense. */
    @Provide
    public Arbitrary<List<HostileStep>> attacks() {
        Arbitrary<Long> numbers = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.longs().between(0, FakeDeviceContext.MEMORY_SIZE + 16)),
                Tuple.of(3, Arbitraries.longs().between(0, 0x400)),
                Tuple.of(1, Arbitraries.of(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, 0xffff_ffffL, 1L << 32, 1L << 63)));
        return Combinators.combine(Arbitraries.of(HostileStep.Kind.class), numbers, numbers, Arbitraries.integers())
                .as(HostileStep::new)
                .list()
                .ofMaxSize(40);
    }

    /** A machine with the device and its driver. */
    private final class Machine implements AutoCloseable {
        private final FakeDeviceContext context =
                new FakeDeviceContext(factory().type());
        private final Device device;
        private final GuestDriver driver;

        Machine() {
            device = factory().create(config(), context);
            driver = new GuestDriver(context);
        }

        /** A machine with the same memory, and a device restored from a state. */
        Machine(S state, GuestMemory memory) {
            byte[] all = new byte[(int) FakeDeviceContext.MEMORY_SIZE];
            memory.read(0, all, 0, all.length);
            context.memory().write(0, all);
            device = factory().restore(config(), state, context);
            driver = new GuestDriver(context);
        }

        Machine move() {
            return new Machine(save(), context.memory());
        }

        S save() {
            DeviceState saved = ((Snapshotable<?>) device).save();
            return factory().read(StateCodec.reader(StateCodec.encode(saved)));
        }

        /** Takes the first steps towards a live device. */
        void bringUp(int steps) {
            if (steps >= 1) {
                driver.addStatus(GuestDriver.FOUND);
            }
            if (steps >= 2) {
                driver.begin(GuestDriver.VERSION_1);
            }
            if (steps >= 3) {
                driver.setUpQueue(0, QUEUE_SIZE);
            }
            if (steps >= 4) {
                driver.ready();
            }
            if (steps >= 5) {
                driver.kick(0);
            }
        }

        /** Brings the device to life, with packed queues if they are wanted and offered. */
        DriverQueue live(long wanted) {
            driver.begin(GuestDriver.VERSION_1 | GuestDriver.INDIRECT_DESC | wanted);
            DriverQueue queue = (wanted & driver.offered() & GuestDriver.RING_PACKED) != 0
                    ? driver.setUpPackedQueue(0, QUEUE_SIZE)
                    : driver.setUpQueue(0, QUEUE_SIZE);
            driver.ready();
            return queue;
        }

        boolean needsReset() {
            return (driver.status() & GuestDriver.NEEDS_RESET) != 0;
        }

        byte[] memory() {
            byte[] all = new byte[(int) FakeDeviceContext.MEMORY_SIZE];
            context.memory().read(0, all, 0, all.length);
            return all;
        }

        void tryRequest() {
            GuestDriver other = new GuestDriver(context);
            other.begin(GuestDriver.ALL_OF_SPLIT_QUEUES);
            SplitDriverQueue queue = other.setUpQueue(0, QUEUE_SIZE);
            other.ready();
            queue.addIndirect(request(other.heap()));
            other.kick(0);
        }

        void assertWorks() {
            GuestDriver good = new GuestDriver(context);
            assertThat(good.begin(GuestDriver.VERSION_1)).isEqualTo(GuestDriver.FOUND | GuestDriver.FEATURES_OK);
            SplitDriverQueue queue = good.setUpQueue(0, QUEUE_SIZE);
            good.ready();
            good.interrupted();
            int id = queue.add(request(good.heap()));
            good.kick(0);
            assertThat(queue.poll()).hasValueSatisfying(used -> {
                assertThat(used.id()).isEqualTo(id);
                assertThat(isDone(used.written())).as("done with %s", used).isTrue();
            });
            assertThat(good.interrupted()).isTrue();
            assertThat(good.status() & GuestDriver.NEEDS_RESET).isZero();
        }

        @Override
        public void close() {
            device.close();
            context.close();
        }
    }
}
