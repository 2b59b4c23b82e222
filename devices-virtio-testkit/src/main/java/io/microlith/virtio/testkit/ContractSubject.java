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
import java.util.List;

/**
 * The device that a contract is about, and machines to have it in.
 *
 * @param <C> the device's configuration
 * @param <S> the device's state
 */
abstract class ContractSubject<C, S extends DeviceState> {
    static final int QUEUE_SIZE = 16;

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

    /** A machine with the device and its driver. */
    final class Machine implements AutoCloseable {
        final FakeDeviceContext context = new FakeDeviceContext(factory().type());
        final Device device;
        final GuestDriver driver;

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
            Machine elsewhere = moveAsleep();
            elsewhere.device.resume();
            return elsewhere;
        }

        /** One whose device was not told to go on. */
        Machine moveAsleep() {
            return new Machine(save(), context.memory());
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
