// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus.pci;

import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The registers of a {@link PciConfigSpace}.
 *
 * @param registers all bytes, 256 of them
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out, and compared by content
public record PciConfigState(byte[] registers) implements DeviceState {
    /** The version of the record's format. */
    public static final int VERSION = 1;

    /** Copies the bytes and refuses another number of them. */
    public PciConfigState {
        if (registers.length != PciConfigSpace.SIZE) {
            throw new InvalidStateException(
                    "PciConfigState.registers.length", registers.length, "must be " + PciConfigSpace.SIZE);
        }
        registers = registers.clone();
    }

    /**
     * Reads one.
     *
     * @throws InvalidStateException if it breaks a rule
     */
    public static PciConfigState read(StateReader reader) {
        return new PciConfigState(reader.getBytes(1));
    }

    /** A copy of the bytes. */
    @Override
    public byte[] registers() {
        return registers.clone();
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putBytes(1, registers);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PciConfigState state && Arrays.equals(registers, state.registers);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(registers);
    }

    @Override
    public String toString() {
        return "PciConfigState[registers=" + HexFormat.of().formatHex(registers) + "]";
    }
}
