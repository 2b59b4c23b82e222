// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * How far a port and its driver have come.
 *
 * @param flags bits of {@link PortFlags}
 * @param sent the bytes of the first chain in its output queue that the host took already
 */
public record PortState(int flags, long sent) implements DeviceState {
    /** The version of this record's format. */
    public static final int VERSION = 1;

    /** A port that its driver does not know yet. */
    static final PortState INITIAL = new PortState(0, 0);

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putLong(1, flags).putLong(2, sent);
    }

    static PortState read(StateReader reader) {
        return new PortState(reader.getInt(1, 0), reader.getLong(2, 0));
    }

    PortState checked() {
        StateCheck.of("PortState").bits("flags", flags, PortFlags.ALL).inRange("sent", sent, 0, Long.MAX_VALUE);
        return this;
    }
}
