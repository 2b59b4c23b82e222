// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static io.microlith.board.legacy.RtcRegisters.A;
import static io.microlith.board.legacy.RtcRegisters.A_POWER_ON;
import static io.microlith.board.legacy.RtcRegisters.A_UPDATING;
import static io.microlith.board.legacy.RtcRegisters.B;
import static io.microlith.board.legacy.RtcRegisters.B_24_HOURS;
import static io.microlith.board.legacy.RtcRegisters.B_SET;
import static io.microlith.board.legacy.RtcRegisters.C;
import static io.microlith.board.legacy.RtcRegisters.COUNT;
import static io.microlith.board.legacy.RtcRegisters.D;
import static io.microlith.board.legacy.RtcRegisters.D_VALID;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.Snapshotable;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;

/**
 * The clock of a PC (Motorola MC146818) and the memory that shares its battery.
 *
 * <p>It shows the host's time in UTC until the guest sets it, and then runs on from there. Alarm registers and rates
 * are kept for who reads them back, but it raises no interrupt. A reset leaves the time and the memory alone, as the
 * battery does.
 *
 * <p>Any thread; one short lock.
 */
public final class RtcDevice implements Device, PioDevice, Snapshotable<RtcState> {
    /** The port that selects a register; the one after it is the register. */
    public static final int PORT = 0x70;

    /** Where the century is, for the FADT. */
    public static final int CENTURY = RtcRegisters.CENTURY;

    private static final AddressRange RANGE = new AddressRange(PORT, 2);

    /** How long before an update of the time the flag for it rises. */
    private static final long UPDATE_NANOS = 244_000;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** Bit 7 of the selecting port masks non-maskable interrupts, of which this machine has none. */
    private static final int INDEX_MASK = COUNT - 1;

    private static final int FLOATING_BUS = 0xff;

    static final RtcState POWER_ON = new RtcState(0, 0, memoryAtPowerOn());

    private final DeviceId id;
    private final InstantSource source;
    private final Object lock = new Object();
    private final byte[] memory;
    private int index;
    private long offsetSeconds;

    RtcDevice(RtcConfig config, RtcState state, DeviceContext context) {
        id = context.id();
        source = config.source();
        memory = state.memory().toByteArray();
        index = state.index();
        offsetSeconds = state.offsetSeconds();
        context.mapPio(RANGE, this);
    }

    private static ByteString memoryAtPowerOn() {
        byte[] memory = new byte[COUNT];
        memory[A] = A_POWER_ON;
        memory[B] = B_24_HOURS;
        return ByteString.of(memory);
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public int read(int offset, int size) {
        if (size != 1) {
            return -1;
        }
        synchronized (lock) {
            return offset == 0 ? FLOATING_BUS : readRegister(index);
        }
    }

    @Override
    public void write(int offset, int size, int value) {
        synchronized (lock) {
            if (offset == 0) {
                index = value & INDEX_MASK;
            }
            if (offset + size == RANGE.size()) {
                writeRegister(index, (byte) (value >>> ((size - 1) * Byte.SIZE)));
            }
        }
    }

    private int readRegister(int register) {
        return switch (register) {
            case A -> memory[A] | (isUpdating() ? A_UPDATING : 0);
            case C -> 0;
            case D -> D_VALID;
            default -> {
                if (RtcRegisters.isTime(register) && !isBeingSet()) {
                    RtcTime.store(now(), memory, memory[B]);
                }
                yield Byte.toUnsignedInt(memory[register]);
            }
        };
    }

    private boolean isBeingSet() {
        return (memory[B] & B_SET) != 0;
    }

    private boolean isUpdating() {
        long nanoOfSecond = source.instant().getLong(ChronoField.NANO_OF_SECOND);
        return !isBeingSet() && nanoOfSecond >= NANOS_PER_SECOND - UPDATE_NANOS;
    }

    private LocalDateTime now() {
        Instant instant = source.instant();
        return LocalDateTime.ofEpochSecond(instant.getEpochSecond() + offsetSeconds, instant.getNano(), ZoneOffset.UTC);
    }

    private void writeRegister(int register, byte value) {
        switch (register) {
            case A -> memory[A] = (byte) (value & ~A_UPDATING);
            case B -> writeB(value);
            case C, D -> {
                // Read-only.
            }
            default -> {
                if (RtcRegisters.isTime(register) && !isBeingSet()) {
                    RtcTime.store(now(), memory, memory[B]);
                    memory[register] = value;
                    setTime();
                } else {
                    memory[register] = value;
                }
            }
        }
    }

    private void writeB(byte value) {
        boolean wasBeingSet = isBeingSet();
        if (!wasBeingSet) {
            // What can be read while the time stands still is the time when it stopped.
            RtcTime.store(now(), memory, memory[B]);
        }
        memory[B] = value;
        if (wasBeingSet && !isBeingSet()) {
            setTime();
        }
    }

    private void setTime() {
        offsetSeconds =
                RtcTime.epochSecond(memory, memory[B]) - source.instant().getEpochSecond();
    }

    @Override
    public RtcState save() {
        synchronized (lock) {
            return new RtcState(index, offsetSeconds, ByteString.of(memory));
        }
    }

    /** Only the selection and what the reset line reaches: register B's interrupts, which nobody has. */
    @Override
    public void reset() {
        synchronized (lock) {
            index = 0;
        }
    }

    @Override
    public void close() {}

    /** {@code rtc0}. */
    @Override
    public String toString() {
        return id.toString();
    }
}
