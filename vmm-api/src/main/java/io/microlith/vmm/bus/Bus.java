// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus;

import java.util.List;

/**
 * Which device answers at which address. Any thread may change it while vCPUs run; they see the change at their next
 * exit.
 *
 * @param <D> {@link MmioDevice} or {@link PioDevice}
 */
public interface Bus<D> {
    /**
     * Puts a device on the bus.
     *
     * @throws io.microlith.vmm.error.ConfigException if another device has an address of the range
     */
    void add(AddressRange range, D device);

    /**
     * Takes the device off that was put at exactly this range. A vCPU may still be inside the device until its current
     * exit is over.
     *
     * @return whether there was one
     */
    boolean remove(AddressRange range);

    /** The ranges in use, by address. */
    List<AddressRange> ranges();

    /** A lookup for one thread, with a memory of its last hit. */
    BusCursor<D> cursor();
}
