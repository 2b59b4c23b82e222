// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import java.util.List;
import java.util.OptionalInt;

/**
 * Where a serial port is on the ISA bus.
 *
 * @param base the first of its eight I/O ports
 * @param irq its interrupt, or empty to take a free one
 */
public record SerialPort(int base, OptionalInt irq) {
    /** The first serial port of a PC, Linux's {@code ttyS0}. */
    public static final SerialPort COM1 = new SerialPort(0x3f8, OptionalInt.of(4));

    /** The second, {@code ttyS1}. */
    public static final SerialPort COM2 = new SerialPort(0x2f8, OptionalInt.of(3));

    /** The third, {@code ttyS2}. On a real PC it shares the first one's interrupt, which works for no two at once. */
    public static final SerialPort COM3 = new SerialPort(0x3e8, OptionalInt.empty());

    /** The fourth, {@code ttyS3}. */
    public static final SerialPort COM4 = new SerialPort(0x2e8, OptionalInt.empty());

    /** The number of I/O ports. */
    static final int SIZE = 8;

    private static final List<SerialPort> OF_A_PC = List.of(COM1, COM2, COM3, COM4);
    private static final int LAST_PORT = 0xffff;
    private static final int LAST_IRQ = 255;

    /** Refuses ports and interrupts that no PC has. */
    public SerialPort {
        if (base < 0 || base > LAST_PORT + 1 - SIZE) {
            throw new ConfigException(
                    "serial.port", "0x" + Integer.toHexString(base) + " is no base of eight I/O ports");
        }
        if (irq.isPresent() && (irq.getAsInt() < 0 || irq.getAsInt() > LAST_IRQ)) {
            throw new ConfigException("serial.irq", irq.getAsInt() + " is no interrupt");
        }
    }

    /** A port at given addresses with a given interrupt. */
    public static SerialPort of(int base, int irq) {
        return new SerialPort(base, OptionalInt.of(irq));
    }

    /** The n-th serial port of a PC, from 0. */
    static SerialPort standard(int index) {
        if (index >= OF_A_PC.size()) {
            throw new ConfigException(
                    "serial.port",
                    "a PC has " + OF_A_PC.size() + " serial ports of known place: say where number " + (index + 1)
                            + " is, with SerialConfig.at");
        }
        return OF_A_PC.get(index);
    }

    /** The I/O ports. */
    AddressRange range() {
        return new AddressRange(base, SIZE);
    }
}
