// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import io.microlith.vmm.bus.PioDevice;

/**
 * PCI configuration mechanism 1: an address register at port 0xcf8 and a window onto the register it names at port
 * 0xcfc (PCI Local Bus 3.0, section 3.2.2.3.2).
 *
 * <p>Only accesses of four bytes reach the address register; narrower ones to its ports are ordinary I/O. One of these
 * ports, 0xcf9, belongs to the reset register, which therefore is handed in: a byte read or written there is its.
 *
 * <p>Takes the eight ports from 0xcf8. Any thread; a guest that uses the two registers from several vCPUs at once has
 * to take turns, as on hardware.
 */
final class ConfigPorts implements PioDevice {
    private static final int RESET = 1;
    private static final int DATA = 4;
    private static final int ENABLED = 1 << 31;
    /** Bus, device, function and register; the reserved bits read as zero. */
    static final int ADDRESS_MASK = ENABLED | 0x00ff_fffc;

    private final PciSegment segment;
    private final PioDevice resetRegister;
    private volatile int address;

    ConfigPorts(PciSegment segment, PioDevice resetRegister) {
        this.segment = segment;
        this.resetRegister = resetRegister;
    }

    /** The address register. */
    int address() {
        return address;
    }

    /** Sets the address register, which has only the bits of {@link #ADDRESS_MASK}. */
    void setAddress(int value) {
        address = value & ADDRESS_MASK;
    }

    @Override
    public int read(int offset, int size) {
        if (offset >= DATA) {
            return readData(offset - DATA, size);
        }
        if (offset == 0 && size == 4) {
            return address;
        }
        if (offset == RESET && size == 1) {
            return resetRegister.read(0, 1);
        }
        return ones(size);
    }

    @Override
    public void write(int offset, int size, int value) {
        if (offset >= DATA) {
            writeData(offset - DATA, size, value);
        } else if (offset == 0 && size == 4) {
            setAddress(value);
        } else if (offset == RESET && size == 1) {
            resetRegister.write(0, 1, value);
        }
    }

    private int readData(int offset, int size) {
        int target = address;
        return target < 0 ? (int) segment.read(configOffset(target) + offset, size) : ones(size);
    }

    private void writeData(int offset, int size, int value) {
        int target = address;
        if (target < 0) {
            segment.write(configOffset(target) + offset, size, Integer.toUnsignedLong(value));
        }
    }

    /** Bus, device and function move up by four bits: a function has 256 bytes here and 4096 in the segment. */
    private static long configOffset(int address) {
        return (address & 0x00ff_ff00L) << 4 | (address & 0xfc);
    }

    private static int ones(int size) {
        return (int) ((1L << (8 * size)) - 1);
    }
}
