// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.mmio;

import io.microlith.virtio.VirtioCore;
import io.microlith.virtio.VirtioDevice;
import io.microlith.virtio.VirtioLink;
import io.microlith.virtio.VirtioPort;
import io.microlith.virtio.VirtioState;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.event.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The registers of one device. */
final class MmioPort implements VirtioPort, MmioDevice {
    /** The ACPI id that virtio_mmio binds to. */
    private static final String HARDWARE_ID = "LNRO0005";

    private static final long WINDOW_SIZE = 4096;
    private static final long LOW = 0xffff_ffffL;

    private final MmioInterrupts interrupts = new MmioInterrupts();
    private final VirtioCore core;
    private final MmioSharedMemory sharedMemory;
    private final List<Registration> bindings = new ArrayList<>();

    /** Written by the driver alone. */
    private volatile int sharedMemorySelect;

    MmioPort(VirtioDevice device, VirtioLink link, Optional<MmioState> saved, DeviceContext context) {
        core = core(device, link, saved, context);
        boolean connected = false;
        try {
            AddressRange window = context.mapMmio(WINDOW_SIZE, this);
            sharedMemory = new MmioSharedMemory(device.sharedMemory(), context);
            connect(window, saved, context);
            connected = true;
        } finally {
            if (!connected) {
                close();
            }
        }
    }

    private VirtioCore core(VirtioDevice device, VirtioLink link, Optional<MmioState> saved, DeviceContext context) {
        try {
            return new VirtioCore(device, link, saved.map(MmioState::shared), interrupts, context);
        } catch (RuntimeException e) {
            interrupts.close();
            throw e;
        }
    }

    private void connect(AddressRange window, Optional<MmioState> saved, DeviceContext context) {
        saved.ifPresent(state -> {
            interrupts.load(state.own().interruptStatus());
            sharedMemorySelect = state.own().sharedMemorySelect();
        });
        Interrupt interrupt = context.claimFree(Trigger.EDGE);
        context.describe(new FirmwareNode(HARDWARE_ID, List.of(window), List.of(), List.of(interrupt)));
        bindings.add(context.bind(interrupt, interrupts.notifier()));
        IoEvent acknowledge = IoEvent.mmio(window.base() + MmioRegisters.INTERRUPT_ACK, Integer.BYTES);
        bindings.add(context.bind(acknowledge.matching(MmioRegisters.USED_BUFFER), interrupts.acknowledged()));
        for (int i = 0; i < core.queues().count(); i++) {
            IoEvent notify = IoEvent.mmio(window.base() + MmioRegisters.QUEUE_NOTIFY, Integer.BYTES);
            bindings.add(context.bind(notify.matching(i), core.queues().notifier(i)));
        }
        core.start();
    }

    @Override
    public long read(long offset, int size) {
        if (offset >= MmioRegisters.CONFIG) {
            return core.readConfig(offset - MmioRegisters.CONFIG, size);
        }
        // The registers are read with 32 bits at once, aligned (4.2.2.2).
        return size == Integer.BYTES ? Integer.toUnsignedLong(read((int) offset)) : 0;
    }

    private int read(int register) {
        return switch (register) {
            case MmioRegisters.MAGIC_VALUE -> MmioRegisters.MAGIC;
            case MmioRegisters.VERSION -> MmioRegisters.VERSION_2;
            case MmioRegisters.DEVICE_ID -> core.deviceType();
            case MmioRegisters.VENDOR_ID -> MmioRegisters.VENDOR;
            case MmioRegisters.DEVICE_FEATURES -> core.features().device();
            case MmioRegisters.QUEUE_SIZE_MAX -> core.queues().maxSize();
            case MmioRegisters.QUEUE_READY -> core.queues().current().enabled() ? 1 : 0;
            case MmioRegisters.INTERRUPT_STATUS -> interrupts.status();
            case MmioRegisters.STATUS -> core.status();
            case MmioRegisters.SHM_LEN_LOW -> (int) sharedMemory.length(sharedMemorySelect);
            case MmioRegisters.SHM_LEN_HIGH -> (int) (sharedMemory.length(sharedMemorySelect) >>> Integer.SIZE);
            case MmioRegisters.SHM_BASE_LOW -> (int) sharedMemory.base(sharedMemorySelect);
            case MmioRegisters.SHM_BASE_HIGH -> (int) (sharedMemory.base(sharedMemorySelect) >>> Integer.SIZE);
            case MmioRegisters.CONFIG_GENERATION -> core.configGeneration();
            // QUEUE_RESET too: a reset is over when the write that asked for it is.
            default -> 0;
        };
    }

    @Override
    public void write(long offset, int size, long value) {
        if (offset >= MmioRegisters.CONFIG) {
            core.writeConfig(offset - MmioRegisters.CONFIG, size, value);
        } else if (size == Integer.BYTES) {
            write((int) offset, (int) value);
        }
    }

    private void write(int register, int value) {
        switch (register) {
            case MmioRegisters.DEVICE_FEATURES_SEL -> core.features().selectDevice(value);
            case MmioRegisters.DRIVER_FEATURES -> core.features().writeDriver(value);
            case MmioRegisters.DRIVER_FEATURES_SEL -> core.features().selectDriver(value);
            case MmioRegisters.QUEUE_NOTIFY -> core.queues().ring(value & LOW);
            case MmioRegisters.INTERRUPT_ACK -> interrupts.acknowledge(value);
            case MmioRegisters.STATUS -> writeStatus(value);
            case MmioRegisters.SHM_SEL -> sharedMemorySelect = value;
            default -> writeQueue(register, value);
        }
    }

    private void writeQueue(int register, int value) {
        switch (register) {
            case MmioRegisters.QUEUE_SEL -> core.queues().select(value);
            case MmioRegisters.QUEUE_SIZE -> core.queues().setSize(value);
            case MmioRegisters.QUEUE_READY -> setReady(value);
            case MmioRegisters.QUEUE_DESC_LOW -> core.queues().setDescriptorAreaLow(value);
            case MmioRegisters.QUEUE_DESC_HIGH -> core.queues().setDescriptorAreaHigh(value);
            case MmioRegisters.QUEUE_DRIVER_LOW -> core.queues().setDriverAreaLow(value);
            case MmioRegisters.QUEUE_DRIVER_HIGH -> core.queues().setDriverAreaHigh(value);
            case MmioRegisters.QUEUE_DEVICE_LOW -> core.queues().setDeviceAreaLow(value);
            case MmioRegisters.QUEUE_DEVICE_HIGH -> core.queues().setDeviceAreaHigh(value);
            case MmioRegisters.QUEUE_RESET -> {
                if (value == 1) {
                    core.queues().reset();
                }
            }
            default -> {
                // Read-only, or nothing at all.
            }
        }
    }

    private void setReady(int value) {
        if (value == 1) {
            core.queues().enable();
        } else if (value == 0) {
            core.queues().reset();
        }
    }

    private void writeStatus(int value) {
        core.writeStatus(value);
        if (core.status() == 0) {
            interrupts.load(0);
            sharedMemorySelect = 0;
        }
    }

    @Override
    public VirtioState save() {
        return core.save("mmio", () -> new MmioState.Own(interrupts.status(), sharedMemorySelect).encode());
    }

    @Override
    public void reset() {
        writeStatus(0);
    }

    @Override
    public void pause() {
        core.pause();
    }

    @Override
    public void resume() {
        core.resume();
        interrupts.repeat();
    }

    @Override
    public void close() {
        bindings.forEach(Registration::close);
        core.close();
        sharedMemory.close();
        interrupts.close();
    }

    /** {@code virtio-mmio}. */
    @Override
    public String toString() {
        return "virtio-mmio";
    }
}
