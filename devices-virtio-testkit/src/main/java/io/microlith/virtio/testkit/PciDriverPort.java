// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.RecordingMsiRoute;
import java.util.HashMap;
import java.util.Map;

/**
 * A driver's way to a device on PCI (VIRTIO 1.2, 4.1): firmware's part, which places BAR 0, and the driver's, which
 * looks for the registers by the capabilities and gives each queue a message-signalled interrupt, vector 0 being that
 * of the configuration.
 */
final class PciDriverPort implements DriverPort {
    private static final long BAR = 0xc000_0000L;
    private static final int COMMAND = 0x04;
    private static final int BAR0 = 0x10;
    private static final int FIRST_CAPABILITY = 0x34;
    private static final int MSIX = 0x11;
    private static final int VENDOR_SPECIFIC = 0x09;
    private static final int MEMORY_AND_BUS_MASTER = 6;
    private static final int MSIX_ENABLE = 0x8000;

    private final FakeDeviceContext machine;
    private final int device;
    private final Map<Integer, Integer> notifyOffsets = new HashMap<>();
    private final Map<Integer, Long> structures = new HashMap<>();
    private long multiplier;
    private long heard;

    PciDriverPort(FakeDeviceContext machine) {
        this.machine = machine;
        device = machine.pciBus().functions().keySet().iterator().next().device();
        place();
        heard = messages();
    }

    private int config(int offset, int size) {
        return machine.pciBus().readConfig(device, offset, size);
    }

    private void setConfig(int offset, int size, int value) {
        machine.pciBus().writeConfig(device, offset, size, value);
    }

    private void place() {
        setConfig(BAR0, 4, (int) BAR);
        setConfig(BAR0 + 4, 4, 0);
        setConfig(COMMAND, 2, MEMORY_AND_BUS_MASTER);
        for (int at = config(FIRST_CAPABILITY, 1); at != 0; at = config(at + 1, 1)) {
            switch (config(at, 1)) {
                case VENDOR_SPECIFIC -> find(at);
                case MSIX -> enableMessages(at);
                default -> {
                    // Not for this driver.
                }
            }
        }
    }

    private void find(int at) {
        int type = config(at + 3, 1);
        structures.putIfAbsent(type, BAR + Integer.toUnsignedLong(config(at + 8, 4)));
        if (type == 2) {
            multiplier = config(at + 16, 4);
        }
    }

    private void enableMessages(int at) {
        setConfig(at + 2, 2, MSIX_ENABLE);
        long table = BAR + (config(at + 4, 4) & ~7);
        int vectors = (config(at + 2, 2) & 0x7ff) + 1;
        for (int vector = 0; vector < vectors; vector++) {
            long entry = table + 16L * vector;
            machine.store(entry, 4, 0xfee0_0000L);
            machine.store(entry + 4, 4, 0);
            machine.store(entry + 8, 4, 0x40 + vector);
            machine.store(entry + 12, 4, 0);
        }
    }

    /** Where the common configuration is; after a reset of the machine, the BAR is placed again. */
    private long common() {
        if ((config(COMMAND, 2) & MEMORY_AND_BUS_MASTER) == 0) {
            place();
        }
        return structures.getOrDefault(1, BAR);
    }

    private void write(int register, int size, long value) {
        machine.store(common() + register, size, value);
    }

    @Override
    public long base() {
        return BAR;
    }

    @Override
    public long size() {
        return machine.windows().stream()
                .filter(window -> window.base() == BAR)
                .mapToLong(window -> window.size())
                .findFirst()
                .orElse(0x1000);
    }

    @Override
    public long offset(long number) {
        return Math.floorMod(number >> 6, 4) * 0x1000L + Math.floorMod(number, 0x40);
    }

    @Override
    public int status() {
        return (int) machine.load(common() + 0x14, 1);
    }

    @Override
    public void setStatus(int status) {
        write(0x14, 1, status);
    }

    @Override
    public int offered(int select) {
        write(0x00, 4, select);
        return (int) machine.load(common() + 0x04, 4);
    }

    @Override
    public void accept(int select, int features) {
        write(0x08, 4, select);
        write(0x0c, 4, features);
    }

    @Override
    public int queueSize(int index) {
        write(0x16, 2, index);
        return (int) machine.load(common() + 0x18, 2);
    }

    @Override
    public void enable(int index, int size, long descriptorArea, long driverArea, long deviceArea) {
        write(0x10, 2, 0);
        write(0x16, 2, index);
        write(0x18, 2, size);
        write(0x1a, 2, index + 1);
        notifyOffsets.put(index, (int) machine.load(common() + 0x1e, 2));
        write(0x20, 4, descriptorArea);
        write(0x24, 4, descriptorArea >>> Integer.SIZE);
        write(0x28, 8, driverArea);
        write(0x30, 8, deviceArea);
        write(0x1c, 2, 1);
    }

    @Override
    public void resetQueue(int index) {
        write(0x16, 2, index);
        write(0x3a, 2, 1);
    }

    @Override
    public void ring(int queue) {
        long doorbell =
                structures.getOrDefault(2, BAR) + multiplier * notifyOffsets.getOrDefault(queue, queue & 0xffff);
        machine.post(doorbell, Short.BYTES, queue & 0xffff);
    }

    private long messages() {
        return machine.msiRoutes().stream()
                .map(RecordingMsiRoute::messages)
                .mapToLong(sent -> sent.size())
                .sum();
    }

    @Override
    public boolean interrupted() {
        long before = heard;
        heard = messages();
        return heard != before;
    }

    @Override
    public int takeInterruptStatus() {
        return (int) machine.load(structures.getOrDefault(3, BAR), 1);
    }
}
