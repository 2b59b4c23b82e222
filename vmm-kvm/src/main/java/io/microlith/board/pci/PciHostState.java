// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import io.microlith.board.legacy.ResetControlState;
import io.microlith.vmm.bus.pci.PciConfigSpace;
import io.microlith.vmm.bus.pci.PciConfigState;
import io.microlith.vmm.bus.pci.PciHeader;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * The state of a {@link PciHostBridge}.
 *
 * @param configAddress the 32 bits of the register at port 0xcf8
 * @param resetControl the register at port 0xcf9
 * @param config the bridge's own configuration space
 */
public record PciHostState(long configAddress, ResetControlState resetControl, PciConfigState config)
        implements DeviceState {
    /** The version of the record's format. */
    public static final int VERSION = 1;

    /** The state of a bridge that was just made. */
    static PciHostState atPowerOn(PciHeader header) {
        return new PciHostState(0, new ResetControlState(0), new PciConfigSpace(header).save());
    }

    /** Reads one. Nothing is checked before a bridge is made from it. */
    public static PciHostState read(StateReader reader) {
        return new PciHostState(
                reader.getLong(1, 0),
                ResetControlState.read(reader.getState(2)),
                PciConfigState.read(reader.getState(3)));
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putLong(1, configAddress).putState(2, resetControl).putState(3, config);
    }

    /** Refuses an address with bits that the register does not have. */
    void check() {
        StateCheck.of("PciHostState")
                .bits("configAddress", configAddress, Integer.toUnsignedLong(ConfigPorts.ADDRESS_MASK));
    }
}
