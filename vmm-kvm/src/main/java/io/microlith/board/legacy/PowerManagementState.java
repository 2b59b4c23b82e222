// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * The power management registers, by the names of the ACPI specification.
 *
 * @param status PM1_STS without the timer's bit, which follows from {@code ticks}
 * @param enable PM1_EN
 * @param control PM1_CNT without the bits that read as constants
 * @param ticks what the timer counted, beyond its 32 bits
 * @param ticksSeen the ticks at which the guest last cleared the timer's status
 */
public record PowerManagementState(int status, int enable, int control, long ticks, long ticksSeen)
        implements DeviceState {
    /** The version of this record's format. */
    public static final int VERSION = 1;

    /** Ticks of some eighty years, whose nanoseconds still fit a long. */
    static final long MAX_TICKS = 1L << 53;

    static final PowerManagementState POWER_ON = new PowerManagementState(0, 0, 0, 0, 0);

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putLong(1, status)
                .putLong(2, enable)
                .putLong(3, control)
                .putLong(4, ticks)
                .putLong(5, ticksSeen);
    }

    static PowerManagementState read(StateReader reader) {
        return new PowerManagementState(
                reader.getInt(1, 0),
                reader.getInt(2, 0),
                reader.getInt(3, 0),
                reader.getLong(4, 0),
                reader.getLong(5, 0));
    }

    /** Returns this state if every field is one that the registers can have. */
    PowerManagementState checked() {
        StateCheck.of("PowerManagementState")
                .bits("status", status, PowerManagementDevice.STATUS_KEPT)
                .bits("enable", enable, PowerManagementDevice.ENABLE_BITS)
                .bits("control", control, PowerManagementDevice.CONTROL_KEPT)
                .inRange("ticks", ticks, 0, MAX_TICKS)
                .inRange("ticksSeen", ticksSeen, 0, ticks);
        return this;
    }
}
