// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pci;

import io.microlith.virtio.VirtioCore;
import io.microlith.vmm.bus.MmioDevice;

/**
 * The registers that all device types have (VIRTIO 1.2, 4.1.4.3). Each answers accesses of its own width; a field of 64
 * bits also those of its halves. Any thread.
 */
final class PciCommonConfig implements MmioDevice {
    private final VirtioCore core;
    private final PciInterrupts interrupts;

    PciCommonConfig(VirtioCore core, PciInterrupts interrupts) {
        this.core = core;
        this.interrupts = interrupts;
    }

    @Override
    public long read(long offset, int size) {
        int register = (int) offset;
        return switch (size) {
            case Byte.BYTES -> readByte(register);
            case Short.BYTES -> readShort(register) & 0xffff;
            case Integer.BYTES -> Integer.toUnsignedLong(readInt(register));
            case Long.BYTES -> readLong(register);
            default -> 0;
        };
    }

    private int readByte(int register) {
        return switch (register) {
            case PciRegisters.DEVICE_STATUS -> core.status();
            case PciRegisters.CONFIG_GENERATION -> core.configGeneration() & 0xff;
            default -> 0;
        };
    }

    private int readShort(int register) {
        int queue = core.queues().selected();
        return switch (register) {
            case PciRegisters.CONFIG_MSIX_VECTOR -> interrupts.configVector();
            case PciRegisters.NUM_QUEUES -> core.queues().count();
            case PciRegisters.QUEUE_SELECT -> queue;
            case PciRegisters.QUEUE_SIZE -> core.queues().current().size();
            case PciRegisters.QUEUE_MSIX_VECTOR -> interrupts.queueVector(queue);
            case PciRegisters.QUEUE_ENABLE -> core.queues().current().enabled() ? 1 : 0;
            case PciRegisters.QUEUE_NOTIFY_OFF, PciRegisters.QUEUE_NOTIFY_DATA ->
                core.queues().maxSize() == 0 ? 0 : queue;
            // QUEUE_RESET too: a reset is over when the write that asked for it is.
            default -> 0;
        };
    }

    private int readInt(int register) {
        return switch (register) {
            case PciRegisters.DEVICE_FEATURE_SELECT -> core.features().deviceSelect();
            case PciRegisters.DEVICE_FEATURE -> core.features().device();
            case PciRegisters.DRIVER_FEATURE_SELECT -> core.features().driverSelect();
            case PciRegisters.DRIVER_FEATURE -> core.features().driver();
            case PciRegisters.QUEUE_DESC, PciRegisters.QUEUE_DRIVER, PciRegisters.QUEUE_DEVICE ->
                (int) readLong(register);
            case PciRegisters.QUEUE_DESC + 4, PciRegisters.QUEUE_DRIVER + 4, PciRegisters.QUEUE_DEVICE + 4 ->
                (int) (readLong(register - Integer.BYTES) >>> Integer.SIZE);
            default -> 0;
        };
    }

    private long readLong(int register) {
        return switch (register) {
            case PciRegisters.QUEUE_DESC -> core.queues().current().descriptorArea();
            case PciRegisters.QUEUE_DRIVER -> core.queues().current().driverArea();
            case PciRegisters.QUEUE_DEVICE -> core.queues().current().deviceArea();
            default -> 0;
        };
    }

    @Override
    public void write(long offset, int size, long value) {
        int register = (int) offset;
        switch (size) {
            case Byte.BYTES -> writeByte(register, (int) value);
            case Short.BYTES -> writeShort(register, (int) value & 0xffff);
            case Integer.BYTES -> writeInt(register, (int) value);
            case Long.BYTES -> writeLong(register, value);
            default -> {
                // No register is that wide.
            }
        }
    }

    private void writeByte(int register, int value) {
        if (register == PciRegisters.DEVICE_STATUS) {
            core.writeStatus(value);
            if (core.status() == 0) {
                interrupts.reset();
            }
        }
    }

    private void writeShort(int register, int value) {
        switch (register) {
            case PciRegisters.CONFIG_MSIX_VECTOR -> interrupts.setConfigVector(value);
            case PciRegisters.QUEUE_SELECT -> core.queues().select(value);
            case PciRegisters.QUEUE_SIZE -> core.queues().setSize(value);
            case PciRegisters.QUEUE_MSIX_VECTOR ->
                interrupts.setQueueVector(core.queues().selected(), value);
            case PciRegisters.QUEUE_ENABLE -> {
                if (value == 1) {
                    core.queues().enable();
                }
            }
            case PciRegisters.QUEUE_RESET -> {
                if (value == 1) {
                    resetQueue();
                }
            }
            default -> {
                // Read-only, or nothing at all.
            }
        }
    }

    private void resetQueue() {
        core.queues().reset();
        interrupts.setQueueVector(core.queues().selected(), PciRegisters.NO_VECTOR);
    }

    private void writeInt(int register, int value) {
        switch (register) {
            case PciRegisters.DEVICE_FEATURE_SELECT -> core.features().selectDevice(value);
            case PciRegisters.DRIVER_FEATURE_SELECT -> core.features().selectDriver(value);
            case PciRegisters.DRIVER_FEATURE -> core.features().writeDriver(value);
            case PciRegisters.QUEUE_DESC -> core.queues().setDescriptorAreaLow(value);
            case PciRegisters.QUEUE_DESC + 4 -> core.queues().setDescriptorAreaHigh(value);
            case PciRegisters.QUEUE_DRIVER -> core.queues().setDriverAreaLow(value);
            case PciRegisters.QUEUE_DRIVER + 4 -> core.queues().setDriverAreaHigh(value);
            case PciRegisters.QUEUE_DEVICE -> core.queues().setDeviceAreaLow(value);
            case PciRegisters.QUEUE_DEVICE + 4 -> core.queues().setDeviceAreaHigh(value);
            default -> {
                // Read-only, or nothing at all.
            }
        }
    }

    private void writeLong(int register, long value) {
        switch (register) {
            case PciRegisters.QUEUE_DESC, PciRegisters.QUEUE_DRIVER, PciRegisters.QUEUE_DEVICE -> {
                writeInt(register, (int) value);
                writeInt(register + Integer.BYTES, (int) (value >>> Integer.SIZE));
            }
            default -> {
                // No other field is that wide.
            }
        }
    }
}
