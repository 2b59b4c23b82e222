// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.device.VmControl;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.event.InterruptLine;
import io.microlith.vmm.event.Timer;
import io.microlith.vmm.state.Snapshotable;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * ACPI's fixed hardware (ACPI Specification 6.5, 4.8.3): the PM1a event and control registers, the power button and the
 * power management timer.
 *
 * <pre>
 *  offset 0      2      4      6      8            12     16
 *         +------+------+------+------+------------+------+
 *         | STS  |  EN  | CNT  |  0   | PM_TMR     |  0   |
 *         +------+------+------+------+------------+------+
 * </pre>
 *
 * <p>The machine is in ACPI mode from the start: there is no SMI command port, and SCI_EN is always 1. The timer has 32
 * bits. Its interrupt is level-triggered and active high. The guest switches off by writing SLP_EN with
 * {@link #SLEEP_TYPE_OFF}; other sleep states do not exist.
 *
 * <p>Any thread; one short lock.
 */
public final class PowerManagementDevice implements Device, PioDevice, Snapshotable<PowerManagementState> {
    /** The first port. */
    public static final int PORT = 0x600;

    /** The PM1a event block, four ports. */
    public static final int EVENT_PORT = PORT;

    /** The PM1a control block, two ports. */
    public static final int CONTROL_PORT = PORT + 4;

    /** The timer, four ports. */
    public static final int TIMER_PORT = PORT + 8;

    /** The number of ports. */
    public static final int PORTS = 16;

    /** The system control interrupt: level-triggered, active high. */
    public static final int SCI = 9;

    /** What the SLP_TYP of {@code \_S5} has to be. */
    public static final int SLEEP_TYPE_OFF = 5;

    /** The ticks of the timer in a second. */
    public static final int TIMER_HERTZ = 3_579_545;

    /** The timer's most significant bit changed. */
    private static final int TIMER_EVENT = 1;
    /** The guest released the global lock to firmware that there is not. */
    private static final int GLOBAL_EVENT = 1 << 5;
    /** The power button was pressed. */
    private static final int POWER_BUTTON = 1 << 8;
    /** The alarm of the clock. It never comes, but Linux enables it to see whether it can, and complains if not. */
    private static final int CLOCK_EVENT = 1 << 10;

    static final int STATUS_KEPT = POWER_BUTTON;
    static final int ENABLE_BITS = TIMER_EVENT | GLOBAL_EVENT | POWER_BUTTON | CLOCK_EVENT;

    /** ACPI mode. */
    private static final int SCI_EN = 1;

    private static final int SLP_TYP_SHIFT = 10;
    private static final int SLP_TYP_MASK = 7;
    /** Sleep now. Reads as 0. */
    private static final int SLP_EN = 1 << 13;
    /** BM_RLD and SLP_TYP, which software reads back. */
    static final int CONTROL_KEPT = (1 << 1) | (SLP_TYP_MASK << SLP_TYP_SHIFT);

    private static final int HALF = 16;
    private static final int TIMER_BITS = 32;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final DeviceId id;
    private final VmControl vm;
    private final EventLoop loop;
    private final InterruptLine sci;
    private final LongSupplier nanoClock;

    private final Object lock = new Object();
    private int status;
    private int enable;
    private int control;
    private long nanosAtZero;
    private long ticksSeen;
    private boolean asserted;
    private boolean closed;

    /** Made when the guest first wants the timer's interrupt, which few guests do. */
    private @Nullable Timer timer;

    PowerManagementDevice(PowerManagementConfig config, PowerManagementState state, DeviceContext context) {
        id = context.id();
        vm = context.control();
        loop = context.eventLoop();
        nanoClock = config.nanoClock();
        sci = context.claim(new Interrupt(SCI, Trigger.LEVEL));
        load(state);
        context.mapPio(new AddressRange(PORT, PORTS), this);
        synchronized (lock) {
            update();
        }
    }

    private void load(PowerManagementState state) {
        status = state.status();
        enable = state.enable();
        control = state.control();
        nanosAtZero = nanoClock.getAsLong() - nanos(state.ticks());
        ticksSeen = state.ticksSeen();
    }

    /** The nanoseconds of a number of ticks, rounded up, so that {@link #ticks} of them is that number again. */
    private static long nanos(long ticks) {
        long seconds = ticks / TIMER_HERTZ;
        long rest = ticks % TIMER_HERTZ;
        return seconds * NANOS_PER_SECOND + Math.ceilDiv(rest * NANOS_PER_SECOND, (long) TIMER_HERTZ);
    }

    /** What the timer counted since it was zero, with no end. */
    private long ticks() {
        long nanos = nanoClock.getAsLong() - nanosAtZero;
        return nanos / NANOS_PER_SECOND * TIMER_HERTZ + nanos % NANOS_PER_SECOND * TIMER_HERTZ / NANOS_PER_SECOND;
    }

    /** How often the timer's most significant bit changed until a tick. */
    private static long changes(long ticks) {
        return ticks >>> (TIMER_BITS - 1);
    }

    /** PM1_STS. */
    private int status(long ticks) {
        return status | (changes(ticks) != changes(ticksSeen) ? TIMER_EVENT : 0);
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public int read(int offset, int size) {
        synchronized (lock) {
            int word = offset / Integer.BYTES;
            long words = Integer.toUnsignedLong(word(word)) | ((long) word(word + 1) << Integer.SIZE);
            return (int) (words >>> shift(offset));
        }
    }

    /** The bits before a port in its four-byte word. */
    private static int shift(int offset) {
        return (offset % Integer.BYTES) * Byte.SIZE;
    }

    private int word(int index) {
        return switch (index) {
            case 0 -> status(ticks()) | (enable << HALF);
            case 1 -> control | SCI_EN;
            case 2 -> (int) ticks();
            default -> 0;
        };
    }

    @Override
    public void write(int offset, int size, int value) {
        long mask = ((1L << (size * Byte.SIZE)) - 1) << shift(offset);
        long words = Integer.toUnsignedLong(value) << shift(offset);
        boolean off = false;
        synchronized (lock) {
            for (int word = offset / Integer.BYTES; mask != 0; word++) {
                switch (word) {
                    case 0 -> writeEvents((int) words, (int) mask);
                    case 1 -> off = writeControl((int) words, (int) mask);
                    default -> {
                        // The timer and what is reserved are read-only.
                    }
                }
                words >>>= Integer.SIZE;
                mask >>>= Integer.SIZE;
            }
            update();
        }
        if (off) {
            vm.shutdown();
        }
    }

    private void writeEvents(int value, int mask) {
        int cleared = value & mask;
        status &= ~cleared;
        if ((cleared & TIMER_EVENT) != 0) {
            ticksSeen = ticks();
        }
        enable = ((enable & ~(mask >>> HALF)) | ((value & mask) >>> HALF)) & ENABLE_BITS;
    }

    /** Returns whether the guest switches off. */
    private boolean writeControl(int value, int mask) {
        control = ((control & ~mask) | (value & mask)) & CONTROL_KEPT;
        boolean sleeps = (value & mask & SLP_EN) != 0;
        return sleeps && ((control >> SLP_TYP_SHIFT) & SLP_TYP_MASK) == SLEEP_TYPE_OFF;
    }

    /** Sets the interrupt's level, and the timer that will raise it next. */
    private void update() {
        long now = ticks();
        boolean level = (status(now) & enable) != 0;
        if (level != asserted) {
            asserted = level;
            sci.setLevel(level);
        }
        if ((enable & TIMER_EVENT) != 0 && (status(now) & TIMER_EVENT) == 0) {
            armTimer(now);
        }
    }

    private void armTimer(long now) {
        if (timer == null) {
            timer = new Timer(loop, this::onTimer);
        }
        long nextChange = (changes(now) + 1) << (TIMER_BITS - 1);
        timer.arm(Math.max(1, nanos(nextChange - now)), 0);
    }

    private void onTimer() {
        synchronized (lock) {
            if (!closed) {
                update();
            }
        }
    }

    /**
     * Presses the power button: a guest that listens, as Linux does with an ACPI daemon or systemd, shuts itself down.
     * Any thread.
     */
    public void pressPowerButton() {
        synchronized (lock) {
            if (!closed) {
                status |= POWER_BUTTON;
                update();
            }
        }
    }

    @Override
    public PowerManagementState save() {
        synchronized (lock) {
            return new PowerManagementState(status, enable, control, ticks(), ticksSeen);
        }
    }

    @Override
    public void reset() {
        synchronized (lock) {
            load(PowerManagementState.POWER_ON);
            update();
        }
    }

    @Override
    public void close() {
        Timer made;
        synchronized (lock) {
            closed = true;
            made = timer;
            timer = null;
        }
        if (made != null) {
            made.close();
        }
    }

    /** {@code pm0}. */
    @Override
    public String toString() {
        return id.toString();
    }
}
