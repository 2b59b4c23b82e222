// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * The registers of a serial port, by the names of the 16550A's data sheet.
 *
 * @param ier interrupt enable: bits 0 to 3
 * @param fcr FIFO control: bit 0 and the receiver's trigger in bits 6 and 7
 * @param lcr line control
 * @param mcr modem control: bits 0 to 4
 * @param scr scratch
 * @param divisor the divisor latch
 * @param overrun whether a byte was lost since the line status was read
 * @param modemChanges bits 0 to 3 of the modem status: what changed since it was read
 * @param transmitterEmptied whether the interrupt for that is pending
 * @param received the receiver's FIFO, the oldest byte first
 */
public record SerialState(
        int ier,
        int fcr,
        int lcr,
        int mcr,
        int scr,
        int divisor,
        boolean overrun,
        int modemChanges,
        boolean transmitterEmptied,
        ByteString received)
        implements DeviceState {
    /** The version of this record's format. */
    public static final int VERSION = 1;

    /** The registers at power-on. */
    static final SerialState POWER_ON = new SerialState(0, 0, 0, 0, 0, 0, false, 0, false, ByteString.EMPTY);

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putLong(1, ier)
                .putLong(2, fcr)
                .putLong(3, lcr)
                .putLong(4, mcr)
                .putLong(5, scr)
                .putLong(6, divisor)
                .putBoolean(7, overrun)
                .putLong(8, modemChanges)
                .putBoolean(9, transmitterEmptied)
                .putBytes(10, received.toByteArray());
    }

    static SerialState read(StateReader reader) {
        return new SerialState(
                reader.getInt(1, 0),
                reader.getInt(2, 0),
                reader.getInt(3, 0),
                reader.getInt(4, 0),
                reader.getInt(5, 0),
                reader.getInt(6, 0),
                reader.getBoolean(7, false),
                reader.getInt(8, 0),
                reader.getBoolean(9, false),
                ByteString.of(reader.getBytes(10)));
    }

    /** Returns this state if every field is one that a 16550A can have. */
    SerialState checked() {
        int capacity = (fcr & SerialRegisters.FCR_ENABLE) != 0 ? SerialRegisters.FIFO_SIZE : 1;
        StateCheck.of("SerialState")
                .bits("ier", ier, SerialRegisters.IER_MASK)
                .bits("fcr", fcr, SerialRegisters.FCR_KEPT)
                .bits("lcr", lcr, 0xff)
                .bits("mcr", mcr, SerialRegisters.MCR_MASK)
                .bits("scr", scr, 0xff)
                .bits("divisor", divisor, 0xffff)
                .bits("modemChanges", modemChanges, SerialRegisters.MSR_CHANGES)
                .inRange("received", received.length(), 0, capacity);
        return this;
    }
}
