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
 * @param pending register C without its uppermost bit: what happened since it was read
 * @param updatedSecond the guest's second since 1970 up to which {@code pending} is right
 * @param memory all 128 registers; those of the time count only while the guest is setting it
 */
public record RtcState(int index, long offsetSeconds, int pending, long updatedSecond, ByteString memory)
        implements DeviceState {
    /** The version of this record's format. */
    public static final int VERSION = 1;

    /** Further than any two clocks are apart, if the registers of one go from the year 0 to 16,665. */
    static final long MAX_SECONDS = 1_000_000_000_000L;

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putLong(1, index)
                .putLong(2, offsetSeconds)
                .putLong(3, pending)
                .putLong(4, updatedSecond)
                .putBytes(5, memory.toByteArray());
    }

    static RtcState read(StateReader reader) {
        return new RtcState(
                reader.getInt(1, 0),
                reader.getLong(2, 0),
                reader.getInt(3, 0),
                reader.getLong(4, 0),
                ByteString.of(reader.getBytes(5)));
    }

    /** Returns this state if every field is one that the clock can have. */
    RtcState checked() {
        StateCheck.of("RtcState")
                .inRange("index", index, 0, RtcRegisters.COUNT - 1L)
                .inRange("offsetSeconds", offsetSeconds, -MAX_SECONDS, MAX_SECONDS)
                .bits("pending", pending, RtcRegisters.ALARM | RtcRegisters.UPDATE)
                .inRange("updatedSecond", updatedSecond, -MAX_SECONDS, MAX_SECONDS)
                .inRange("memory", memory.length(), RtcRegisters.COUNT, RtcRegisters.COUNT);
        return this;
    }
}
