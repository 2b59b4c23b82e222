// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.mmio;

import io.microlith.virtio.VirtioState;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateCodec;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * The state of a device on MMIO, taken apart.
 *
 * @param shared what it has in common with other transports
 * @param own the registers that only this one has
 */
record MmioState(VirtioState shared, Own own) {
    /**
     * The registers that only MMIO has.
     *
     * @param interruptStatus what the driver has not acknowledged
     * @param sharedMemorySelect the shared memory region whose registers it sees
     */
    record Own(int interruptStatus, int sharedMemorySelect) implements DeviceState {
        static final int VERSION = 1;

        @Override
        public int version() {
            return VERSION;
        }

        @Override
        public void writeTo(StateWriter writer) {
            writer.putLong(1, interruptStatus).putLong(2, sharedMemorySelect);
        }

        ByteString encode() {
            return ByteString.of(StateCodec.encode(this));
        }
    }

    /** Takes a state apart that was saved on a transport of this name. */
    static MmioState of(VirtioState state, String name) {
        StateCheck.of("VirtioState")
                .require("transport", state.transport(), state.transport().equals(name), "'" + name + "'");
        StateReader reader = StateCodec.reader(state.registers().toByteArray());
        Own own = new Own(reader.getInt(1, 0), reader.getInt(2, 0));
        StateCheck.of("VirtioState").bits("registers", own.interruptStatus, MmioRegisters.INTERRUPT_MASK);
        return new MmioState(state, own);
    }
}
