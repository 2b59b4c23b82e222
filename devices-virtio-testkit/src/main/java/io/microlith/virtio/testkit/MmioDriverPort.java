// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.event.Notifier;

/** A driver's way to a device on MMIO (VIRTIO 1.2, 4.2.2). */
final class MmioDriverPort implements DriverPort {
    private static final long QUEUE_NOTIFY = 0x50;
    private static final long INTERRUPT_ACK = 0x64;

    private final FakeDeviceContext machine;
    private final long base;

    MmioDriverPort(FakeDeviceContext machine) {
        this.machine = machine;
        base = machine.windows().getFirst().base();
    }

    private int read(long register) {
        return (int) machine.load(base + register, Integer.BYTES);
    }

    private void write(long register, int value) {
        machine.store(base + register, Integer.BYTES, Integer.toUnsignedLong(value));
    }

    @Override
    public long base() {
        return base;
    }

    @Override
    public long size() {
        return 0x1000;
    }

    @Override
    public long offset(long number) {
        return Math.floorMod(number, 0x400);
    }

    @Override
    public int status() {
        return read(0x70);
    }

    @Override
    public void setStatus(int status) {
        write(0x70, status);
    }

    @Override
    public int offered(int select) {
        write(0x14, select);
        return read(0x10);
    }

    @Override
    public void accept(int select, int features) {
        write(0x24, select);
        write(0x20, features);
    }

    @Override
    public int queueSize(int index) {
        write(0x30, index);
        return read(0x34);
    }

    @Override
    public void enable(int index, int size, long descriptorArea, long driverArea, long deviceArea) {
        write(0x30, index);
        write(0x38, size);
        writeAddress(0x80, descriptorArea);
        writeAddress(0x90, driverArea);
        writeAddress(0xa0, deviceArea);
        write(0x44, 1);
    }

    private void writeAddress(long register, long address) {
        write(register, (int) address);
        write(register + 4, (int) (address >>> Integer.SIZE));
    }

    @Override
    public void resetQueue(int index) {
        write(0x30, index);
        write(0xc0, 1);
    }

    @Override
    public void ring(int queue) {
        machine.post(base + QUEUE_NOTIFY, Integer.BYTES, Integer.toUnsignedLong(queue));
    }

    @Override
    public boolean interrupted() {
        boolean rung = false;
        for (Notifier notifier : machine.interruptEvents().values()) {
            rung |= notifier.drain();
        }
        return rung;
    }

    @Override
    public int takeInterruptStatus() {
        int status = read(0x60);
        machine.post(base + INTERRUPT_ACK, Integer.BYTES, Integer.toUnsignedLong(status));
        return status;
    }
}
