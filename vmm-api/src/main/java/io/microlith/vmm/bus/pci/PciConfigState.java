// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus.pci;

import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * The registers of a {@link PciConfigSpace}.
 *
 * @param registers all bytes of configuration space
 */
public record PciConfigState(ByteString registers) implements DeviceState {
    /** The version of the record's format. */
    public static final int VERSION = 1;

    /** Reads one. Nothing is checked before a configuration space is made from it. */
    public static PciConfigState read(StateReader reader) {
        return new PciConfigState(ByteString.of(reader.getBytes(1)));
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putBytes(1, registers.toByteArray());
    }

    /** Refuses another number of bytes than a configuration space has. */
    void check() {
        StateCheck.of("PciConfigState")
                .require(
                        "registers",
                        registers.length() + " bytes",
                        registers.length() == PciConfigSpace.SIZE,
                        PciConfigSpace.SIZE + " bytes");
    }
}
