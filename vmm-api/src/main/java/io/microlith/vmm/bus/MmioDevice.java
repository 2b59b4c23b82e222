// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus;

/**
 * A device the guest reaches by memory-mapped I/O.
 *
 * <p>Called on the thread of whichever vCPU makes the access, several at once if the guest does so: the device decides
 * its own threading, by a lock or by handing the work to its event loop. The guest chooses {@code offset}, {@code size}
 * and {@code value}: every combination is answered, none throws.
 */
public interface MmioDevice {
    /**
     * The guest reads.
     *
     * @param offset bytes from the start of the device's range; {@code offset + size} is inside it
     * @param size 1 to 8 bytes
     * @return the value, in the low {@code size} bytes
     */
    long read(long offset, int size);

    /**
     * The guest writes.
     *
     * @param offset bytes from the start of the device's range; {@code offset + size} is inside it
     * @param size 1 to 8 bytes
     * @param value the value, in the low {@code size} bytes, the rest zero
     */
    void write(long offset, int size, long value);
}
