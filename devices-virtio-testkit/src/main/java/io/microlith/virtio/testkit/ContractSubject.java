// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.Snapshotable;
import io.microlith.vmm.state.StateCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * The device that a contract is about, and machines to have it in.
 *
 * @param <C> the device's configuration
 * @param <S> the device's state
 */
abstract class ContractSubject<C, S extends DeviceState> {
    static final int QUEUE_SIZE = 16;

    /** How many {@link Machine#bringUp} can take. */
    static final int STEPS = 7;

    /** Makes the devices. */
    protected abstract DeviceFactory<C, S> factory();

    /** A new configuration: on the machine's loop, over MMIO or PCI. */
    protected abstract C config();

    /**
     * A chain that the device completes at once, when it gets it on its first queue. Takes its buffers from the heap.
     */
    protected abstract List<GuestBuffer> request(GuestHeap heap);

    /**
     * Whether a request was done: and not refused, if the device can do that. For most it is enough that the device
     * wrote something.
     *
     * @param request what {@link #request} made
     * @param written the bytes that the device says it wrote
     * @param memory with what it wrote
     */
    protected boolean isDone(List<GuestBuffer> request, long written, GuestMemory memory) {
        return written > 0;
    }

    /**
     * A way to have requests under way, for a device that can keep one: because what was asked for has not come yet, or
     * because it does its work elsewhere. By default there is none, which is right for a device that completes whatever
     * it takes before it returns.
     */
    protected Optional<HeldRequests<C>> held() {
        return Optional.empty();
    }

    /**
     * Whether the device may leave what is in a queue there although it was notified, because it has nothing for it
     * yet. By default it may not, which is right for queues of requests.
     *
     * @param queue its index, with all features that the device offers
     */
    protected boolean mayKeep(int queue) {
        return false;
    }

    /** A machine with the device and its driver. */
    final class Machine implements AutoCloseable {
        final FakeDeviceContext context = new FakeDeviceContext(factory().type());

        /** As the device sees it. */
        final TrippedMemory memory = new TrippedMemory(context.memory());

        final Device device;
        final GuestDriver driver;
        private final Supplier<C> configs;

        Machine() {
            this(ContractSubject.this::config);
        }

        Machine(Supplier<C> configs) {
            this.configs = configs;
            device = factory().create(configs.get(), context.with(memory));
            driver = new GuestDriver(context);
        }

        /** A machine with the same memory, and a device restored from a state. */
        Machine(Supplier<C> configs, S state, byte[] content) {
            this.configs = configs;
            context.memory().write(0, content);
            device = factory().restore(configs.get(), state, context.with(memory));
            driver = new GuestDriver(context);
        }

        Machine move() {
            Machine elsewhere = moveAsleep();
            elsewhere.device.resume();
            return elsewhere;
        }

        /** One whose device was not told to go on. */
        Machine moveAsleep() {
            return new Machine(configs, save(), memory());
        }

        /** Its driver is ready and has heard all there was to hear. */
        SplitDriverQueue readyForRequests() {
            driver.begin(GuestDriver.VERSION_1);
            SplitDriverQueue queue = driver.setUpQueue(0, QUEUE_SIZE);
            driver.ready();
            driver.settle();
            driver.interrupted();
            return queue;
        }

        S save() {
            DeviceState saved = ((Snapshotable<?>) device).save();
            return factory().read(StateCodec.reader(StateCodec.encode(saved)));
        }

        /** Takes the first of {@link #STEPS} steps towards a device that has served a request. */
        void bringUp(int steps, long format) {
            if (steps >= 1) {
                driver.addStatus(GuestDriver.FOUND);
            }
            if (steps >= 2) {
                driver.begin(GuestDriver.VERSION_1 | format);
            }
            if (steps >= 3) {
                DriverQueue queue = setUpQueue(format);
                takeLater(steps, queue);
            }
        }

        private void takeLater(int steps, DriverQueue queue) {
            if (steps >= 4) {
                driver.ready();
            }
            if (steps >= 5) {
                driver.kick(0);
            }
            if (steps >= 6) {
                queue.add(request(driver.heap()));
                driver.ring(0);
            }
            if (steps >= STEPS) {
                driver.settle();
            }
        }

        private DriverQueue setUpQueue(long wanted) {
            return (wanted & driver.offered() & GuestDriver.RING_PACKED) != 0
                    ? driver.setUpPackedQueue(0, QUEUE_SIZE)
                    : driver.setUpQueue(0, QUEUE_SIZE);
        }

        /** Brings the device to life, with packed queues if they are wanted and offered. */
        DriverQueue live(long wanted) {
            driver.begin(GuestDriver.VERSION_1 | GuestDriver.INDIRECT_DESC | wanted);
            DriverQueue queue = setUpQueue(wanted);
            driver.ready();
            return queue;
        }

        /** Sets up all of the device's queues, with at most {@link #QUEUE_SIZE} elements each. */
        <Q extends DriverQueue> List<Q> setUpAllQueues(BiFunction<Integer, Integer, Q> setUp) {
            List<Q> queues = new ArrayList<>();
            for (int index = 0; index < driver.queueCount(); index++) {
                queues.add(setUp.apply(index, Math.min(QUEUE_SIZE, driver.queueSize(index))));
            }
            return queues;
        }

        /** Its driver is ready, and notifies of each queue. */
        void notifyAllQueues() {
            driver.ready();
            for (int index = 0; index < driver.queueCount(); index++) {
                driver.kick(index);
            }
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
            List<GuestBuffer> request = request(good.heap());
            int id = queue.add(request);
            good.kick(0);
            assertThat(queue.poll()).hasValueSatisfying(used -> {
                assertThat(used.id()).isEqualTo(id);
                assertThat(isDone(request, used.written(), context.memory()))
                        .as("done with %s", used)
                        .isTrue();
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
