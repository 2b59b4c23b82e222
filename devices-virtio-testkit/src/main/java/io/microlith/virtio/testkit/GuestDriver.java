// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import io.microlith.testkit.FakeDeviceContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A driver of a virtio device in the machine of a test, over MMIO (VIRTIO 1.2, 4.2.3) or PCI (4.1.5), wherever it finds
 * the device. One thread, which is also the device's: {@link #settle} runs what the device does on its loop.
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
    /** VIRTIO_F_IN_ORDER. */
    public static final long IN_ORDER = 1L << 35;
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

    private static final int MOST_QUEUES = 1 << 16;

    /** The interrupt was for a queue. */
    public static final int USED_BUFFER = 1;
    /** The interrupt was for the configuration. */
    public static final int CONFIG_CHANGE = 2;

    private final FakeDeviceContext machine;
    private final GuestHeap heap;
    private final DriverPort port;
    private long features;

    /** Makes a driver of the one device in a machine. */
    public GuestDriver(FakeDeviceContext machine) {
        this(machine, new GuestHeap(machine.memory()));
    }

    /** Makes a driver that takes memory from a heap. */
    public GuestDriver(FakeDeviceContext machine, GuestHeap heap) {
        this.machine = machine;
        this.heap = heap;
        port = machine.pciBus().functions().isEmpty() ? new MmioDriverPort(machine) : new PciDriverPort(machine);
    }

    /** Guest memory for queues and buffers. */
    public GuestHeap heap() {
        return heap;
    }

    /** Reads a register of 32 bits in the device's window. */
    public int read(int register) {
        return (int) machine.load(port.base() + register, Integer.BYTES);
    }

    /** Writes a register of 32 bits in the device's window. */
    public void write(int register, int value) {
        machine.store(port.base() + register, Integer.BYTES, Integer.toUnsignedLong(value));
    }

    /** Reads the window at any offset, with any width. */
    public long readRaw(long offset, int size) {
        return machine.load(port.base() + offset, size);
    }

    /** Writes to the window at any offset, with any width. */
    public void writeRaw(long offset, int size, long value) {
        machine.store(port.base() + offset, size, value);
    }

    /** The bytes of the device's window. */
    public long windowSize() {
        return port.size();
    }

    /** An offset in the window near registers, for any number. */
    long offset(long number) {
        return port.offset(number);
    }

    /** The device status. */
    public int status() {
        return port.status();
    }

    /** Adds bits to the device status. */
    public void addStatus(int bits) {
        port.setStatus(status() | bits);
    }

    /** Resets the device. */
    public void reset() {
        port.setStatus(0);
    }

    /** The features that the device offers. */
    public long offered() {
        long high = Integer.toUnsignedLong(port.offered(1));
        return high << Integer.SIZE | Integer.toUnsignedLong(port.offered(0));
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
        accept(features);
        return status();
    }

    /** Accepts features, and asks the device to agree. */
    public void accept(long wanted) {
        port.accept(0, (int) wanted);
        port.accept(1, (int) (wanted >>> Integer.SIZE));
        addStatus(FEATURES_OK);
    }

    /** The most elements of a queue that was not set up since {@link #begin}; 0 if the device has no such queue. */
    public int queueSize(int index) {
        return port.queueSize(index);
    }

    /** How many queues the device has. */
    public int queueCount() {
        int count = 0;
        while (count < MOST_QUEUES && queueSize(count) != 0) {
            count++;
        }
        return count;
    }

    /** Makes a queue, sets the device's up accordingly, and enables it. */
    public SplitDriverQueue setUpQueue(int index, int size) {
        SplitDriverQueue queue = new SplitDriverQueue(heap, size, mode(), order());
        enable(index, queue);
        return queue;
    }

    /** Makes a packed queue, as {@link #setUpQueue} makes a split one. */
    public PackedDriverQueue setUpPackedQueue(int index, int size) {
        PackedDriverQueue queue = new PackedDriverQueue(heap, size, mode(), order());
        enable(index, queue);
        return queue;
    }

    private EventMode mode() {
        return (features & EVENT_IDX) != 0 ? EventMode.INDEX : EventMode.FLAGS;
    }

    private UseOrder order() {
        return (features & IN_ORDER) != 0 ? UseOrder.IN_ORDER : UseOrder.ANY;
    }

    /** Sets a queue of the device up, and enables it. */
    public void enable(int index, DriverQueue queue) {
        port.enable(index, queue.size(), queue.descriptorArea(), queue.driverArea(), queue.deviceArea());
    }

    /** Sets a queue of the device up at any addresses, and enables it. */
    public void enableRaw(int index, int size, long descriptorArea, long driverArea, long deviceArea) {
        port.enable(index, size, descriptorArea, driverArea, deviceArea);
    }

    /** Resets a queue of the device. */
    public void resetQueue(int index) {
        port.resetQueue(index);
    }

    /** The driver is ready. */
    public void ready() {
        addStatus(DRIVER_OK);
        settle();
    }

    /** Notifies the device of a queue as hardware would: by what the device bound, or else by the register. */
    public void ring(int queue) {
        port.ring(queue);
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
        return port.interrupted();
    }

    /** What the device interrupted for, which is acknowledged. */
    public int takeInterruptStatus() {
        return port.takeInterruptStatus();
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
