// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateWriter;

/** The state of a device that has none. */
public record NoState() implements DeviceState {
    /** The version of this record's format. */
    public static final int VERSION = 1;

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        // There is nothing to write.
    }
}
