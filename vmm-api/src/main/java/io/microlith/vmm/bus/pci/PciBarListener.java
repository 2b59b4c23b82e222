// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus.pci;

import io.microlith.vmm.bus.AddressRange;

/**
 * Hears where the guest puts a function's BARs. Called on the vCPU's thread, inside the lock of the
 * {@link PciConfigSpace}, one at a time; does not call back into it.
 */
public interface PciBarListener {
    /** A BAR answers at a range from now on. */
    void mapped(PciBar bar, AddressRange range);

    /** A BAR no longer answers at the range it was mapped at. */
    void unmapped(PciBar bar, AddressRange range);
}
