// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.bell;

import io.microlith.vmm.bus.pci.PciConfigState;
import io.microlith.vmm.device.pci.PciMsixState;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * The state of a {@link BellDevice}.
 *
 * @param config its configuration space
 * @param msix its interrupts
 * @param memory what is in its memory
 */
public record BellState(PciConfigState config, PciMsixState msix, ByteString memory) implements DeviceState {
    /** The version of the record's format. */
    public static final int VERSION = 1;

    /** Reads one. Nothing is checked before a device is made from it. */
    static BellState read(StateReader reader) {
        return new BellState(
                PciConfigState.read(reader.getState(1)),
                PciMsixState.read(reader.getState(2)),
                ByteString.of(reader.getBytes(3)));
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putState(1, config).putState(2, msix).putBytes(3, memory.toByteArray());
    }

    /** Refuses another size of memory than the device has. */
    void check(Size size) {
        boolean fits = memory.length() == size.bytes();
        StateCheck.of("BellState").require("memory", memory.length() + " bytes", fits, size.toString());
    }
}
