// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import io.microlith.vmm.bus.pci.PciConfigState;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * The state of a {@link PciHostBridge}.
 *
 * @param configAddress the register at port 0xcf8
 * @param config the bridge's own configuration space
 */
public record PciHostState(int configAddress, PciConfigState config) implements DeviceState {
    /** The version of the record's format. */
    public static final int VERSION = 1;

    /** Refuses an address with reserved bits. */
    public PciHostState {
        if ((configAddress & ~ConfigPorts.ADDRESS_MASK) != 0) {
            throw new InvalidStateException(
                    "PciHostState.configAddress",
                    "0x%08x".formatted(configAddress),
                    "only the bits 0x%08x exist".formatted(ConfigPorts.ADDRESS_MASK));
        }
    }

    /**
     * Reads one.
     *
     * @throws InvalidStateException if it breaks a rule
     */
    public static PciHostState read(StateReader reader) {
        long address = reader.getLong(1, 0);
        if (address < 0 || address > 0xffff_ffffL) {
            throw new InvalidStateException("PciHostState.configAddress", address, "must have 32 bits");
        }
        return new PciHostState((int) address, PciConfigState.read(reader.getState(2)));
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putLong(1, Integer.toUnsignedLong(configAddress)).putState(2, config);
    }
}
