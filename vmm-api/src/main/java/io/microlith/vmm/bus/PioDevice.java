// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus;

/**
 * A device the guest reaches through I/O ports.
 *
 * <p>Called on the thread of whichever vCPU makes the access, as {@link MmioDevice} is, with the same duties.
 */
public interface PioDevice {
    /**
     * The guest reads a port.
     *
     * @param offset ports from the start of the device's range; {@code offset + size} is inside it
     * @param size 1, 2 or 4 bytes
     * @return the value, in the low {@code size} bytes
     */
    int read(int offset, int size);

    /**
     * The guest writes a port.
     *
     * @param offset ports from the start of the device's range; {@code offset + size} is inside it
     * @param size 1, 2 or 4 bytes
     * @param value the value, in the low {@code size} bytes, the rest zero
     */
    void write(int offset, int size, int value);
}
