// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * The reset control register.
 *
 * @param value the register
 */
public record ResetControlState(int value) implements DeviceState {
    /** The version of this record's format. */
    public static final int VERSION = 1;

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putLong(1, value);
    }

    /** Reads one. Nothing is checked before a register is made from it. */
    public static ResetControlState read(StateReader reader) {
        return new ResetControlState(reader.getInt(1, 0));
    }

    /** Returns this state if the register can have its value. */
    ResetControlState checked() {
        StateCheck.of("ResetControlState").bits("value", value, ResetControl.BITS);
        return this;
    }
}
