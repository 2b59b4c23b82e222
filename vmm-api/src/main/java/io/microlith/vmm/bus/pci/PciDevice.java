// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus.pci;

/**
 * A function on a PCI bus, as the bus sees it: its configuration space.
 *
 * <p>Called on the thread of whichever vCPU makes the access, several at once if the guest does so. The bus splits what
 * the guest does into aligned accesses; every one is answered, none throws. {@link PciConfigSpace} is a configuration
 * space to delegate to.
 */
public interface PciDevice {
    /**
     * The guest reads configuration space.
     *
     * @param offset 0 to 4095, a multiple of {@code size}; registers from 256 on are reached only where the board has
     *     memory-mapped configuration space
     * @param size 1, 2 or 4 bytes
     * @return the value, in the low {@code size} bytes; all ones where there is no register
     */
    int readConfig(int offset, int size);

    /**
     * The guest writes configuration space.
     *
     * @param offset as for reading
     * @param size 1, 2 or 4 bytes
     * @param value the value, in the low {@code size} bytes, the rest zero
     */
    void writeConfig(int offset, int size, int value);
}
