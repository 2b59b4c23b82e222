// SPDX-License-Identifier: Apache-2.0
package org.example.dice;

import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * Where a die is.
 *
 * @param next the number that the next throw is computed from
 */
record DiceState(long next) implements DeviceState {
    static final int VERSION = 1;

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putLong(1, next);
    }

    static DiceState read(StateReader reader) {
        return new DiceState(reader.getLong(1, 0));
    }
}
