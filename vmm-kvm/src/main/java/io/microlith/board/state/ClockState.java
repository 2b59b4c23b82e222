// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.state;

import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * The paravirtual clock.
 *
 * @param nanos nanoseconds since the VM was made, as its guest sees them
 */
public record ClockState(long nanos) implements DeviceState {
    /** The version of the record's format. */
    public static final int VERSION = 1;

    /** Reads one, unchecked. */
    public static ClockState read(StateReader reader) {
        return new ClockState(reader.getLong(1, -1));
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putLong(1, nanos);
    }

    /**
     * Returns this state if a clock can show it.
     *
     * @throws io.microlith.vmm.error.InvalidStateException if none can
     */
    public ClockState checked() {
        StateCheck.of("ClockState").inRange("nanos", nanos, 0, Long.MAX_VALUE);
        return this;
    }
}
