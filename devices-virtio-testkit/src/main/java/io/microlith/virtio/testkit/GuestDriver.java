// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.event.Notifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A driver of a device on virtio over MMIO (VIRTIO 1.2, 4.2.3), in the machine of a test. One thread, which is also the
 * device's: {@link #settle} runs what the device does on its loop.
 *
 * <pre>{@code
 * GuestDriver driver = new GuestDriver(context);
 * driver.begin(GuestDriver.VERSION_1);
 * DriverQueue queue = driver.setUpQueue(0, 8);
 * driver.ready();
 * queue.add(GuestBuffer.writable(driver.heap().take(64, 16), 64));
 * driver.kick(0);
 * queue.poll();
 * }</pre>
 */
public final class GuestDriver {
    /** VIRTIO_F_INDIRECT_DESC. */
    public static final long INDIRECT_DESC = 1L << 28;
    /** VIRTIO_F_EVENT_IDX. */
    public static final long EVENT_IDX = 1L << 29;
    /** VIRTIO_F_VERSION_1. */
    public static final long VERSION_1 = 1L << 32;
    /** VIRTIO_F_RING_RESET. */
    public static final long RING_RESET = 1L << 40;

    /** VIRTIO_F_RING_PACKED. */
    public static final long RING_PACKED = 1L << 34;
    /** Every feature that leaves queues split. */
    public static final long ALL_OF_SPLIT_QUEUES = ~RING_PACKED;

    /** Device status: ACKNOWLEDGE and DRIVER. */
    public static final int FOUND = 1 | 2;
    /** Device status: DRIVER_OK. */
    public static final int DRIVER_OK = 4;
    /** Device status: FEATURES_OK. */
    public static final int FEATURES_OK = 8;
    /** Device status: DEVICE_NEEDS_RESET. */
    public static final int NEEDS_RESET = 64;

    /** The interrupt was for a queue. */
    public static final int USED_BUFFER = 1;
    /** The interrupt was for the configuration. */
    public static final int CONFIG_CHANGE = 2;

    private static final long QUEUE_NOTIFY = 0x50;

    private final FakeDeviceContext machine;
    private final GuestHeap heap;
    private final long base;
    private long features;

    /** Makes a driver of the one device in a machine. */
    public GuestDriver(FakeDeviceContext machine) {
        this(machine, new GuestHeap(machine.memory()));
    }

    /** Makes a driver that takes memory from a heap. */
    public GuestDriver(FakeDeviceContext machine, GuestHeap heap) {
        this.machine = machine;
        this.heap = heap;
        base = machine.windows().getFirst().base();
    }

    /** Guest memory for queues and buffers. */
    public GuestHeap heap() {
        return heap;
    }

    /** Reads a register. */
    public int read(int register) {
        return (int) machine.load(base + register, Integer.BYTES);
    }

    /** Writes a register. */
    public void write(int register, int value) {
        machine.store(base + register, Integer.BYTES, Integer.toUnsignedLong(value));
    }

    /** Reads the window at any offset, with any width. */
    public long readRaw(long offset, int size) {
        return machine.load(base + offset, size);
    }

    /** Writes to the window at any offset, with any width. */
    public void writeRaw(long offset, int size, long value) {
        machine.store(base + offset, size, value);
    }

    /** The device status. */
    public int status() {
        return read(0x70);
    }

    /** Adds bits to the device status. */
    public void addStatus(int bits) {
        write(0x70, status() | bits);
    }

    /** Resets the device. */
    public void reset() {
        write(0x70, 0);
    }

    /** The features that the device offers. */
    public long offered() {
        write(0x14, 1);
        long high = Integer.toUnsignedLong(read(0x10));
        write(0x14, 0);
        return high << Integer.SIZE | Integer.toUnsignedLong(read(0x10));
    }

    /**
     * Resets the device and agrees about features.
     *
     * @param wanted of which it accepts those that the device offers
     * @return the device status
     */
    public int begin(long wanted) {
        reset();
        addStatus(FOUND);
        features = wanted & offered();
        write(0x24, 0);
        write(0x20, (int) features);
        write(0x24, 1);
        write(0x20, (int) (features >>> Integer.SIZE));
        addStatus(FEATURES_OK);
        return status();
    }

    /** Makes a queue, sets the device's up accordingly, and enables it. */
    public SplitDriverQueue setUpQueue(int index, int size) {
        SplitDriverQueue queue =
                new SplitDriverQueue(heap, size, (features & EVENT_IDX) != 0 ? EventMode.INDEX : EventMode.FLAGS);
        enable(index, queue);
        return queue;
    }

    /** Makes a packed queue, as {@link #setUpQueue} makes a split one. */
    public PackedDriverQueue setUpPackedQueue(int index, int size) {
        PackedDriverQueue queue =
                new PackedDriverQueue(heap, size, (features & EVENT_IDX) != 0 ? EventMode.INDEX : EventMode.FLAGS);
        enable(index, queue);
        return queue;
    }

    /** Sets a queue of the device up, and enables it. */
    public void enable(int index, DriverQueue queue) {
        write(0x30, index);
        write(0x38, queue.size());
        writeAddress(0x80, queue.descriptorArea());
        writeAddress(0x90, queue.driverArea());
        writeAddress(0xa0, queue.deviceArea());
        write(0x44, 1);
    }

    private void writeAddress(int register, long address) {
        write(register, (int) address);
        write(register + 4, (int) (address >>> Integer.SIZE));
    }

    /** The driver is ready. */
    public void ready() {
        addStatus(DRIVER_OK);
        settle();
    }

    /** Notifies the device of a queue as hardware would: by what the device bound, or else by the register. */
    public void ring(int queue) {
        Notifier bound = machine.ioEvents()
                .get(IoEvent.mmio(base + QUEUE_NOTIFY, Integer.BYTES).matching(queue));
        if (bound != null) {
            bound.signal();
        } else {
            write((int) QUEUE_NOTIFY, queue);
        }
    }

    /** Notifies the device of a queue, and lets it do its work. */
    public void kick(int queue) {
        ring(queue);
        settle();
    }

    /** Lets the device do what there is to do. */
    public void settle() {
        while (machine.eventLoop().poll(0) > 0) {
            // More may have come of it.
        }
    }

    /** Whether the device interrupted since this was last asked. */
    public boolean interrupted() {
        boolean rung = false;
        for (Notifier notifier : machine.interruptEvents().values()) {
            rung |= notifier.drain();
        }
        return rung;
    }

    /** What the device interrupted for, which is acknowledged. */
    public int takeInterruptStatus() {
        int status = read(0x60);
        write(0x64, status);
        return status;
    }

    /** Takes all chains the device gave back. */
    public List<UsedBuffer> drain(DriverQueue queue) {
        List<UsedBuffer> all = new ArrayList<>();
        for (Optional<UsedBuffer> next = queue.poll(); next.isPresent(); next = queue.poll()) {
            all.add(next.get());
        }
        return all;
    }
}
