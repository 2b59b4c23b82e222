// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.VmControl;
import io.microlith.vmm.state.Snapshotable;

/**
 * The reset control register of a PC's chip set (RST_CNT, Intel I/O Controller Hub data sheets), which ACPI's reset
 * register points at: writing {@link #RESET_VALUE} restarts the machine.
 *
 * <p>Its port lies within those of PCI configuration; who has them hands over what is for {@link #PORT}. So this takes
 * no port itself.
 *
 * <p>Any thread; one short lock.
 */
public final class ResetControl implements PioDevice, Snapshotable<ResetControlState> {
    /** The port. */
    public static final int PORT = 0xcf9;

    /** What ACPI's RESET_VALUE has to be: reset the whole system, now. */
    public static final int RESET_VALUE = 0x06;

    /** Reset the system and not only the processor. */
    private static final int SYSTEM = 1 << 1;
    /** Reset. It is 0 again after the reset that it makes, so it always reads as 0. */
    private static final int RESET = 1 << 2;
    /** Switch power off and on meanwhile. */
    private static final int FULL = 1 << 3;

    /** What the register keeps. */
    static final int BITS = SYSTEM | FULL;

    private final VmControl control;
    private final Object lock = new Object();
    private int value;

    /** Makes a register as it is at power-on. */
    public ResetControl(VmControl control) {
        this(control, new ResetControlState(0));
    }

    /**
     * Makes a register as it was when it was saved.
     *
     * @throws io.microlith.vmm.error.InvalidStateException if it never was so
     */
    public ResetControl(VmControl control, ResetControlState state) {
        this.control = control;
        value = state.checked().value();
    }

    @Override
    public int read(int offset, int size) {
        synchronized (lock) {
            return value;
        }
    }

    @Override
    public void write(int offset, int size, int written) {
        synchronized (lock) {
            value = written & BITS;
        }
        if ((written & RESET) != 0) {
            control.reset();
        }
    }

    /** The register is 0 at power-on. */
    public void reset() {
        synchronized (lock) {
            value = 0;
        }
    }

    @Override
    public ResetControlState save() {
        synchronized (lock) {
            return new ResetControlState(value);
        }
    }
}
