// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static io.microlith.board.legacy.RtcRegisters.A;
import static io.microlith.board.legacy.RtcRegisters.ALARM;
import static io.microlith.board.legacy.RtcRegisters.A_POWER_ON;
import static io.microlith.board.legacy.RtcRegisters.A_UPDATING;
import static io.microlith.board.legacy.RtcRegisters.B;
import static io.microlith.board.legacy.RtcRegisters.B_24_HOURS;
import static io.microlith.board.legacy.RtcRegisters.B_ENABLES;
import static io.microlith.board.legacy.RtcRegisters.B_SET;
import static io.microlith.board.legacy.RtcRegisters.C;
import static io.microlith.board.legacy.RtcRegisters.COUNT;
import static io.microlith.board.legacy.RtcRegisters.C_PENDING;
import static io.microlith.board.legacy.RtcRegisters.D;
import static io.microlith.board.legacy.RtcRegisters.D_VALID;
import static io.microlith.board.legacy.RtcRegisters.UPDATE;

import io.microlith.vmm.state.ByteString;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;

/**
 * The MC146818 chip: its registers, and the time that they show. It does nothing by itself: what happened meanwhile is
 * found out when somebody asks. For one thread at a time.
 */
final class RtcChip {
    /** How long before an update of the time the flag for it rises. */
    private static final long UPDATE_NANOS = 244_000;

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int SECONDS_PER_DAY = 86_400;
    private static final int INDEX_MASK = COUNT - 1;

    private final InstantSource source;
    private final byte[] memory;
    private int index;
    private long offsetSeconds;

    /** Register C without its uppermost bit, and the second of the guest's time up to which it is right. */
    private int pending;

    private long updatedSecond;

    RtcChip(InstantSource source, RtcState state) {
        this.source = source;
        memory = state.memory().toByteArray();
        index = state.index();
        offsetSeconds = state.offsetSeconds();
        pending = state.pending();
        updatedSecond = state.updatedSecond();
    }

    /** A chip with a fresh battery, at the time of the source. */
    static RtcState atPowerOn(InstantSource source) {
        byte[] memory = new byte[COUNT];
        memory[A] = A_POWER_ON;
        memory[B] = B_24_HOURS;
        return new RtcState(0, 0, 0, source.instant().getEpochSecond(), ByteString.of(memory));
    }

    RtcState save() {
        return new RtcState(index, offsetSeconds, pending, updatedSecond, ByteString.of(memory));
    }

    /** What the reset line reaches: neither the time nor the memory. */
    void reset() {
        index = 0;
        pending = 0;
        memory[B] &= ~B_ENABLES;
    }

    /** Selects a register. The uppermost bit masks non-maskable interrupts, of which this machine has none. */
    void select(int register) {
        index = register & INDEX_MASK;
    }

    /** Whether an interrupt is pending that the guest has enabled. */
    boolean interrupts() {
        catchUp();
        return (pending & memory[B]) != 0;
    }

    /** Whether the guest wants to know of something that comes with the next second. */
    boolean isAwaited() {
        return (memory[B] & (ALARM | UPDATE)) != 0 && !isBeingSet();
    }

    /** The nanoseconds to the next second. */
    long nanosToNextSecond() {
        return NANOS_PER_SECOND - source.instant().getLong(ChronoField.NANO_OF_SECOND);
    }

    /** Finds out what happened since the last time. */
    private void catchUp() {
        long second = second();
        if (isBeingSet() || second == updatedSecond) {
            return;
        }
        if (second > updatedSecond) {
            pending |= UPDATE;
            // After a day, all that an alarm can be was there.
            for (long t = Math.max(updatedSecond + 1, second - SECONDS_PER_DAY + 1); t <= second; t++) {
                if (RtcTime.isAlarm(memory, (int) Math.floorMod(t, (long) SECONDS_PER_DAY), memory[B])) {
                    pending |= ALARM;
                    break;
                }
            }
        }
        updatedSecond = second;
    }

    /** The second since 1970 by the guest's time. */
    private long second() {
        return source.instant().getEpochSecond() + offsetSeconds;
    }

    private boolean isBeingSet() {
        return (memory[B] & B_SET) != 0;
    }

    /** Reads the selected register. */
    int read() {
        return switch (index) {
            case A -> memory[A] | (isUpdating() ? A_UPDATING : 0);
            case C -> takePending();
            case D -> D_VALID;
            default -> {
                if (RtcRegisters.isTime(index)) {
                    showTime();
                }
                yield Byte.toUnsignedInt(memory[index]);
            }
        };
    }

    private boolean isUpdating() {
        return !isBeingSet() && nanosToNextSecond() <= UPDATE_NANOS;
    }

    private int takePending() {
        boolean interrupts = interrupts();
        int value = pending | (interrupts ? C_PENDING : 0);
        pending = 0;
        return value;
    }

    /** Puts the time into the registers, unless they are the time because it is being set. */
    private void showTime() {
        if (!isBeingSet()) {
            Instant instant = source.instant();
            LocalDateTime time = LocalDateTime.ofEpochSecond(
                    instant.getEpochSecond() + offsetSeconds, instant.getNano(), ZoneOffset.UTC);
            RtcTime.store(time, memory, memory[B]);
        }
    }

    /** Writes the selected register. */
    void write(byte value) {
        switch (index) {
            case A -> memory[A] = (byte) (value & ~A_UPDATING);
            case B -> writeB(value);
            case C, D -> {
                // Read-only.
            }
            default -> writeMemory(value);
        }
    }

    private void writeMemory(byte value) {
        if (!RtcRegisters.isTime(index)) {
            catchUp();
            memory[index] = value;
            return;
        }
        showTime();
        memory[index] = value;
        if (!isBeingSet()) {
            setTime();
        }
    }

    private void writeB(byte value) {
        catchUp();
        boolean wasBeingSet = isBeingSet();
        // What can be read while the time stands still is the time when it stopped.
        showTime();
        memory[B] = value;
        if (isBeingSet()) {
            memory[B] &= ~UPDATE;
        } else if (wasBeingSet) {
            setTime();
        }
    }

    private void setTime() {
        long now = RtcTime.epochSecond(memory, memory[B]);
        offsetSeconds = now - source.instant().getEpochSecond();
        updatedSecond = now;
    }
}
