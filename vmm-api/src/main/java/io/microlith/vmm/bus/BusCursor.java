// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus;

/**
 * One thread's lookups on a {@link Bus}. Takes no lock and allocates nothing.
 *
 * @param <D> the kind of device
 */
public interface BusCursor<D> {
    /**
     * Looks for the device that has all of {@code size} bytes at {@code address}.
     *
     * @return whether there is one; if so {@link #device} and {@link #offset} tell which
     */
    boolean seek(long address, int size);

    /** The device found by the last successful {@link #seek}. */
    D device();

    /** The offset in the device's range of the address last sought. */
    long offset();
}
