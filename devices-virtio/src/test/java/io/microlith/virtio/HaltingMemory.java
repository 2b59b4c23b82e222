// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The memory of a machine, in which a device, having read something of a ring, often halts until the driver has made a
 * move: what it read is old by then. Without that the driver's chance is a few instructions long. One thread uses it.
 */
// Who waits lets the other run, on a machine with one processor to spare.
@SuppressWarnings("ThreadPriorityCheck")
final class HaltingMemory implements GuestMemory {
    /** When it goes on in any case: the driver may be waiting for the device. */
    static final long PATIENCE = 200_000;

    private final GuestMemory memory;
    private final AtomicInteger moves;
    private final SplittableRandom random = new SplittableRandom(1);

    private HaltingMemory(GuestMemory memory, AtomicInteger moves) {
        this.memory = memory;
        this.moves = moves;
    }

    /**
     * A machine as its device sees it. The driver has the machine itself.
     *
     * @param moves how many the driver has made
     */
    static DeviceContext in(FakeDeviceContext machine, AtomicInteger moves) {
        GuestMemory halting = new HaltingMemory(machine.memory(), moves);
        return (DeviceContext) Proxy.newProxyInstance(
                HaltingMemory.class.getClassLoader(), new Class<?>[] {DeviceContext.class}, (_, method, arguments) -> {
                    if (method.getName().equals("memory")) {
                        return halting;
                    }
                    try {
                        return method.invoke(machine, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
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
        short value = memory.getShort(gpa);
        halt();
        return value;
    }

    @Override
    public int getInt(long gpa) {
        int value = memory.getInt(gpa);
        halt();
        return value;
    }

    @Override
    public short loadShortAcquire(long gpa) {
        short value = memory.loadShortAcquire(gpa);
        halt();
        return value;
    }

    @Override
    public void putShort(long gpa, short value) {
        memory.putShort(gpa, value);
    }

    @Override
    public void storeShortRelease(long gpa, short value) {
        memory.storeShortRelease(gpa, value);
    }

    @Override
    public List<GuestRegion> regions() {
        return memory.regions();
    }

    @Override
    public long size() {
        return memory.size();
    }

    @Override
    public boolean contains(long gpa, long length) {
        return memory.contains(gpa, length);
    }

    @Override
    public MemorySegment slice(long gpa, long length) {
        return memory.slice(gpa, length);
    }

    @Override
    public long hostAddress(long gpa, long length) {
        return memory.hostAddress(gpa, length);
    }

    @Override
    public byte getByte(long gpa) {
        return memory.getByte(gpa);
    }

    @Override
    public long getLong(long gpa) {
        return memory.getLong(gpa);
    }

    @Override
    public void putByte(long gpa, byte value) {
        memory.putByte(gpa, value);
    }

    @Override
    public void putInt(long gpa, int value) {
        memory.putInt(gpa, value);
    }

    @Override
    public void putLong(long gpa, long value) {
        memory.putLong(gpa, value);
    }

    @Override
    public void read(long gpa, byte[] into, int offset, int length) {
        memory.read(gpa, into, offset, length);
    }

    @Override
    public void write(long gpa, byte[] from, int offset, int length) {
        memory.write(gpa, from, offset, length);
    }

    @Override
    public void read(long gpa, MemorySegment into, long offset, long length) {
        memory.read(gpa, into, offset, length);
    }

    @Override
    public void write(long gpa, MemorySegment from, long offset, long length) {
        memory.write(gpa, from, offset, length);
    }

    @Override
    public void zero(long gpa, long length) {
        memory.zero(gpa, length);
    }

    @Override
    public int discard(long gpa, long length) {
        return memory.discard(gpa, length);
    }
}
