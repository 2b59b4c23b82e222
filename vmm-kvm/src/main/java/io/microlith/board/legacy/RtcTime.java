// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static io.microlith.board.legacy.RtcRegisters.ALARM_HOURS;
import static io.microlith.board.legacy.RtcRegisters.ALARM_MINUTES;
import static io.microlith.board.legacy.RtcRegisters.ALARM_SECONDS;
import static io.microlith.board.legacy.RtcRegisters.ANY;
import static io.microlith.board.legacy.RtcRegisters.B_24_HOURS;
import static io.microlith.board.legacy.RtcRegisters.B_BINARY;
import static io.microlith.board.legacy.RtcRegisters.CENTURY;
import static io.microlith.board.legacy.RtcRegisters.DAY;
import static io.microlith.board.legacy.RtcRegisters.HOURS;
import static io.microlith.board.legacy.RtcRegisters.HOURS_PM;
import static io.microlith.board.legacy.RtcRegisters.MINUTES;
import static io.microlith.board.legacy.RtcRegisters.MONTH;
import static io.microlith.board.legacy.RtcRegisters.SECONDS;
import static io.microlith.board.legacy.RtcRegisters.WEEKDAY;
import static io.microlith.board.legacy.RtcRegisters.YEAR;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** The time as the registers of a clock say it, in the format that register B chooses. */
final class RtcTime {
    private static final int DECADE = 10;
    private static final int YEARS = 100;
    private static final int NOON = 12;
    private static final int MINUTE = 60;
    private static final int HOUR = 60;

    private RtcTime() {}

    /** Puts a time into the registers. */
    static void store(LocalDateTime time, byte[] registers, int format) {
        registers[SECONDS] = encode(time.getSecond(), format);
        registers[MINUTES] = encode(time.getMinute(), format);
        registers[HOURS] = encodeHour(time.getHour(), format);
        registers[WEEKDAY] = encode(time.getDayOfWeek().getValue() % 7 + 1, format);
        registers[DAY] = encode(time.getDayOfMonth(), format);
        registers[MONTH] = encode(time.getMonthValue(), format);
        registers[YEAR] = encode(Math.floorMod(time.getYear(), YEARS), format);
        registers[CENTURY] = encode(Math.floorMod(Math.floorDiv(time.getYear(), YEARS), YEARS), format);
    }

    /** The second since 1970 that the registers say. Numbers beyond their range carry over. */
    static long epochSecond(byte[] registers, int format) {
        int year = decode(registers[CENTURY], format) * YEARS + decode(registers[YEAR], format);
        return LocalDateTime.of(year, 1, 1, 0, 0)
                .plusMonths(decode(registers[MONTH], format) - 1L)
                .plusDays(decode(registers[DAY], format) - 1L)
                .plusHours(decodeHour(registers[HOURS], format))
                .plusMinutes(decode(registers[MINUTES], format))
                .plusSeconds(decode(registers[SECONDS], format))
                .toEpochSecond(ZoneOffset.UTC);
    }

    /** Whether the alarm registers say a second of the day. */
    static boolean isAlarm(byte[] registers, int secondOfDay, int format) {
        int minuteOfDay = secondOfDay / MINUTE;
        return says(registers[ALARM_SECONDS], encode(secondOfDay % MINUTE, format))
                && says(registers[ALARM_MINUTES], encode(minuteOfDay % HOUR, format))
                && says(registers[ALARM_HOURS], encodeHour(minuteOfDay / HOUR, format));
    }

    private static boolean says(byte alarm, byte value) {
        return alarm == value || (alarm & ANY) == ANY;
    }

    private static byte encode(int value, int format) {
        return (byte) ((format & B_BINARY) != 0 ? value : ((value / DECADE) << 4) | (value % DECADE));
    }

    private static int decode(byte register, int format) {
        int value = Byte.toUnsignedInt(register);
        return (format & B_BINARY) != 0 ? value : (value >> 4) * DECADE + (value & 0x0f);
    }

    private static byte encodeHour(int hour, int format) {
        if ((format & B_24_HOURS) != 0) {
            return encode(hour, format);
        }
        int onDial = hour % NOON == 0 ? NOON : hour % NOON;
        return (byte) (encode(onDial, format) | (hour >= NOON ? HOURS_PM : 0));
    }

    private static int decodeHour(byte register, int format) {
        if ((format & B_24_HOURS) != 0) {
            return decode(register, format);
        }
        int onDial = decode((byte) (register & ~HOURS_PM), format) % NOON;
        return (register & HOURS_PM) != 0 ? onDial + NOON : onDial;
    }
}
