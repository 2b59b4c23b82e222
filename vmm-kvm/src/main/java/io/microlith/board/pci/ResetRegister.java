// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.VmControl;

/**
 * The reset control register of PC chipsets, at port 0xcf9: the machine starts again when bit 2 is written as one. The
 * other bits choose between kinds of reset, which are all the same here.
 *
 * <p>Reads as what was written last, without the bit that resets. Any thread.
 */
public final class ResetRegister implements PioDevice {
    /** What to write to have a full reset: bit 1 for a hard one, bit 2 to trigger it. */
    public static final int FULL_RESET = 0x06;

    private static final int TRIGGER = 1 << 2;
    private static final int KEPT = 0x0a;

    private final VmControl control;
    private volatile int value;

    /** Makes a register that resets a machine. */
    public ResetRegister(VmControl control) {
        this.control = control;
    }

    /** Puts the register into its power-on state. */
    public void reset() {
        value = 0;
    }

    @Override
    public int read(int offset, int size) {
        return value;
    }

    @Override
    public void write(int offset, int size, int newValue) {
        value = newValue & KEPT;
        if ((newValue & TRIGGER) != 0) {
            control.reset();
        }
    }
}
