// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus.pci;

/**
 * Where a function is.
 *
 * @param bus 0 to 255
 * @param device 0 to 31
 * @param function 0 to 7
 */
public record PciAddress(int bus, int device, int function) implements Comparable<PciAddress> {
    /** Refuses what no bus has. */
    public PciAddress {
        if ((bus & ~0xff) != 0 || (device & ~0x1f) != 0 || (function & ~0x7) != 0) {
            throw new IllegalArgumentException(
                    "no PCI address [bus=" + bus + " device=" + device + " function=" + function + "]");
        }
    }

    /** The only function of a device on bus 0. */
    public static PciAddress ofDevice(int device) {
        return new PciAddress(0, device, 0);
    }

    @Override
    public int compareTo(PciAddress other) {
        return Integer.compare(packed(), other.packed());
    }

    private int packed() {
        return (bus << 8) | (device << 3) | function;
    }

    /** {@code 00:1f.2}. */
    @Override
    public String toString() {
        return "%02x:%02x.%x".formatted(bus, device, function);
    }
}
