// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus.pci;

/**
 * What a driver knows a function by.
 *
 * @param vendor 16 bits, not {@code 0xffff}, which says that there is no function
 * @param device 16 bits
 * @param classCode base class, subclass and interface: 24 bits
 * @param revision 8 bits
 * @param subsystemVendor 16 bits
 * @param subsystem 16 bits
 */
public record PciIdentity(int vendor, int device, int classCode, int revision, int subsystemVendor, int subsystem) {
    /** Refuses numbers that do not fit. */
    public PciIdentity {
        boolean fits = ((vendor | device | subsystemVendor | subsystem) & ~0xffff) == 0
                && (classCode & ~0xffffff) == 0
                && (revision & ~0xff) == 0;
        if (!fits || vendor == 0xffff) {
            throw new IllegalArgumentException("no PCI identity [vendor=" + vendor + " device=" + device
                    + " classCode=" + classCode + " revision=" + revision + " subsystemVendor=" + subsystemVendor
                    + " subsystem=" + subsystem + "]");
        }
    }
}
