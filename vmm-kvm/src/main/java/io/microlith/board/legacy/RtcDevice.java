// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.event.InterruptLine;
import io.microlith.vmm.event.Timer;
import io.microlith.vmm.state.Snapshotable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The clock of a PC (Motorola MC146818) and the memory that shares its battery.
 *
 * <p>It shows the host's time in UTC until the guest sets it, and then runs on from there. It interrupts at the alarm
 * and after each second, as the guest wishes; the chip's third interrupt, of a chosen rate, never comes. A reset leaves
 * the time and the memory alone, as the battery does.
 *
 * <p>Any thread; one short lock.
 */
public final class RtcDevice implements Device, PioDevice, Snapshotable<RtcState> {
    /** The port that selects a register; the one after it is the register. */
    public static final int PORT = 0x70;

    /** The interrupt, edge-triggered. */
    public static final int IRQ = 8;

    /** Where the century is, for the FADT. */
    public static final int CENTURY = RtcRegisters.CENTURY;

    private static final String HARDWARE_ID = "PNP0B00";
    private static final AddressRange RANGE = new AddressRange(PORT, 2);
    private static final Interrupt INTERRUPT = new Interrupt(IRQ, Trigger.EDGE);

    private final DeviceId id;
    private final EventLoop loop;
    private final InterruptLine interrupt;
    private final Object lock = new Object();
    private final RtcChip chip;

    /** Whether the chip's interrupt line was high when we last looked. */
    private boolean asserted;

    private boolean armed;
    private boolean closed;

    /** Made when the guest first enables an interrupt, which few guests do. */
    private @Nullable Timer timer;

    RtcDevice(RtcConfig config, RtcState state, DeviceContext context) {
        id = context.id();
        loop = context.eventLoop();
        interrupt = context.claim(INTERRUPT);
        chip = new RtcChip(config.source(), state);
        context.mapPio(RANGE, this);
        context.describe(new FirmwareNode(HARDWARE_ID, List.of(), List.of(RANGE), List.of(INTERRUPT)));
        synchronized (lock) {
            update();
        }
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public int read(int offset, int size) {
        if (offset == 0) {
            return -1;
        }
        synchronized (lock) {
            int value = chip.read();
            update();
            return value;
        }
    }

    @Override
    public void write(int offset, int size, int value) {
        synchronized (lock) {
            if (offset == 0) {
                chip.select(value);
            }
            if (offset + size == RANGE.size()) {
                chip.write((byte) (value >>> ((size - 1) * Byte.SIZE)));
            }
            update();
        }
    }

    /** Interrupts if there is a reason, and else sees to it that the next one is noticed. */
    private void update() {
        boolean high = chip.interrupts();
        if (high && !asserted) {
            interrupt.trigger();
        }
        asserted = high;
        if (!high && !armed && chip.isAwaited()) {
            if (timer == null) {
                timer = new Timer(loop, this::onTimer);
            }
            timer.arm(chip.nanosToNextSecond(), 0);
            armed = true;
        }
    }

    private void onTimer() {
        synchronized (lock) {
            armed = false;
            if (!closed) {
                update();
            }
        }
    }

    @Override
    public RtcState save() {
        synchronized (lock) {
            return chip.save();
        }
    }

    /** An edge may have come before the interrupt controllers were what they had been; one too many is harmless. */
    @Override
    public void resume() {
        synchronized (lock) {
            asserted = false;
            update();
        }
    }

    @Override
    public void reset() {
        synchronized (lock) {
            chip.reset();
            asserted = false;
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

    /** {@code rtc0}. */
    @Override
    public String toString() {
        return id.toString();
    }
}
