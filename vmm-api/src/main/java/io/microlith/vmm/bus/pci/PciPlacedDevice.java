// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus.pci;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.MmioDevice;

/**
 * What is behind a memory BAR, if it wants to know where it answers: to have the hypervisor ring doorbells in it, say.
 *
 * <p>Called inside a lock of the bus, on the vCPU's thread that places a BAR, this one or another: what it does here
 * does not call the bus, and does not throw.
 */
public interface PciPlacedDevice extends MmioDevice {
    /** It answers at a range from now on. No other BAR, and no device of the board, does. */
    void placed(AddressRange range);

    /** It does not answer at the range any more, and others are about to. */
    void displaced(AddressRange range);
}
