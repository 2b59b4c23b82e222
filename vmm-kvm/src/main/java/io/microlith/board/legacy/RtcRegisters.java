// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

/** Registers and bits of an MC146818 clock (Motorola data sheet), and the century's place in a PC's memory. */
final class RtcRegisters {
    /** How many there are: what seven bits select. */
    static final int COUNT = 128;

    /** Seconds. */
    static final int SECONDS = 0x00;
    /** Seconds of the alarm. */
    static final int ALARM_SECONDS = 0x01;
    /** Minutes. */
    static final int MINUTES = 0x02;
    /** Minutes of the alarm. */
    static final int ALARM_MINUTES = 0x03;
    /** Hours. */
    static final int HOURS = 0x04;
    /** Hours of the alarm. */
    static final int ALARM_HOURS = 0x05;
    /** Day of the week, 1 for Sunday. */
    static final int WEEKDAY = 0x06;
    /** Day of the month. */
    static final int DAY = 0x07;
    /** Month, from 1. */
    static final int MONTH = 0x08;
    /** Year of the century. */
    static final int YEAR = 0x09;
    /** Register A: the divider, the rate, and whether an update is near. */
    static final int A = 0x0a;
    /** Register B: format and enabled interrupts. */
    static final int B = 0x0b;
    /** Register C: pending interrupts; reading clears it. */
    static final int C = 0x0c;
    /** Register D: whether the battery is well. */
    static final int D = 0x0d;
    /** Century: where the FADT says it is. */
    static final int CENTURY = 0x32;

    /** A: an update of the time may happen before it can be read whole. */
    static final int A_UPDATING = 1 << 7;
    /** A: the divider of a 32.768 kHz crystal, and a rate of 1024 Hz. */
    static final int A_POWER_ON = 0x26;

    /** B: the interrupts that a reset disables, and the square wave. */
    static final int B_ENABLES = 0x78;
    /** B: interrupt when the time reaches the alarm. In register C: it did. */
    static final int ALARM = 1 << 5;
    /** B: interrupt each second. In register C: one has passed. */
    static final int UPDATE = 1 << 4;
    /** C: one of the interrupts that B enables is pending. */
    static final int C_PENDING = 1 << 7;
    /** B: hours from 0 to 23. */
    static final int B_24_HOURS = 1 << 1;
    /** B: numbers are binary, not decimal digits. */
    static final int B_BINARY = 1 << 2;
    /** B: the time stands still and may be set. */
    static final int B_SET = 1 << 7;

    /** D: the time is valid. */
    static final int D_VALID = 1 << 7;

    /** Hours: the afternoon, if they are from 1 to 12. */
    static final int HOURS_PM = 1 << 7;

    /** In an alarm register, both upper bits: at any second, minute or hour. */
    static final int ANY = 0xc0;

    private RtcRegisters() {}

    /** Whether a register is one of the time's. */
    static boolean isTime(int register) {
        return switch (register) {
            case SECONDS, MINUTES, HOURS, WEEKDAY, DAY, MONTH, YEAR, CENTURY -> true;
            default -> false;
        };
    }
}
