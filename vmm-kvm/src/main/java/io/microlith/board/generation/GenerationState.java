// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.generation;

import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * A machine's generation.
 *
 * @param address where the guest was told to look for it
 * @param generation its 16 bytes, as they are there
 * @param untold 1 if the guest does not have it yet, else 0
 */
public record GenerationState(long address, ByteString generation, int untold) implements DeviceState {
    /** The version of this record's format. */
    public static final int VERSION = 1;

    static final int SIZE = 16;
    static final int ALIGNMENT = 8;

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putLong(1, address).putBytes(2, generation.toByteArray()).putLong(3, untold);
    }

    static GenerationState read(StateReader reader) {
        return new GenerationState(reader.getLong(1, 0), ByteString.of(reader.getBytes(2)), reader.getInt(3, 0));
    }

    /** Returns this state if it is one of a machine with this memory. */
    GenerationState checked(GuestMemory memory) {
        StateCheck.of("GenerationState")
                .require(
                        "address",
                        Long.toHexString(address),
                        address % ALIGNMENT == 0 && memory.contains(address, SIZE),
                        "RAM, and a multiple of " + ALIGNMENT)
                .inRange("generation", generation.length(), SIZE, SIZE)
                .inRange("untold", untold, 0, 1);
        return this;
    }
}
