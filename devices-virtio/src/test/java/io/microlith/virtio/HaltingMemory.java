// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.memory.GuardedMemory;
import io.microlith.vmm.memory.GuestMemory;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The memory of a machine, in which a device, having read something of a ring, often halts until the driver has made a
 * move: what it read is old by then. Without that the driver's chance is a few instructions long. One thread uses it.
 */
// Who waits lets the other run, on a machine with one processor to spare.
@SuppressWarnings("ThreadPriorityCheck")
final class HaltingMemory extends GuardedMemory {
    /** When it goes on in any case: the driver may be waiting for the device. */
    static final long PATIENCE = 200_000;

    private final AtomicInteger moves;
    private final SplittableRandom random = new SplittableRandom(1);

    private HaltingMemory(GuestMemory memory, AtomicInteger moves) {
        super(memory);
        this.moves = moves;
    }

    /**
     * A machine as its device sees it. The driver has the machine itself.
     *
     * @param moves how many the driver has made
     */
    static DeviceContext in(FakeDeviceContext machine, AtomicInteger moves) {
        return machine.with(new HaltingMemory(machine.memory(), moves));
    }

    private void halt() {
        if (random.nextBoolean()) {
            int before = moves.get();
            long begin = System.nanoTime();
            while (moves.get() == before && System.nanoTime() - begin < PATIENCE) {
                Thread.yield();
            }
        }
    }

    @Override
    public short getShort(long gpa) {
        short value = super.getShort(gpa);
        halt();
        return value;
    }

    @Override
    public int getInt(long gpa) {
        int value = super.getInt(gpa);
        halt();
        return value;
    }

    @Override
    public short loadShortAcquire(long gpa) {
        short value = super.loadShortAcquire(gpa);
        halt();
        return value;
    }
}
