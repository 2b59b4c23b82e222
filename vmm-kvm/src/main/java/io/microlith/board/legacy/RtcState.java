// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * The clock and its memory.
 *
 * @param index the register that is selected
 * @param offsetSeconds how far the guest's clock is ahead of the host's
 * @param memory all 128 registers; those of the time count only while the guest is setting it
 */
public record RtcState(int index, long offsetSeconds, ByteString memory) implements DeviceState {
    /** The version of this record's format. */
    public static final int VERSION = 1;

    /** Further apart than the years 0 and 16,665 that the registers can be set to. */
    static final long MAX_OFFSET = 1_000_000_000_000L;

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putLong(1, index).putLong(2, offsetSeconds).putBytes(3, memory.toByteArray());
    }

    static RtcState read(StateReader reader) {
        return new RtcState(reader.getInt(1, 0), reader.getLong(2, 0), ByteString.of(reader.getBytes(3)));
    }

    /** Returns this state if every field is one that the clock can have. */
    RtcState checked() {
        StateCheck.of("RtcState")
                .inRange("index", index, 0, RtcRegisters.COUNT - 1L)
                .inRange("offsetSeconds", offsetSeconds, -MAX_OFFSET, MAX_OFFSET)
                .inRange("memory", memory.length(), RtcRegisters.COUNT, RtcRegisters.COUNT);
        return this;
    }
}
