// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus.pci;

import java.util.List;

/**
 * What a function is at power-on: what {@link PciConfigSpace} is made from.
 *
 * @param identity what a driver knows it by
 * @param pin its interrupt pin
 * @param bars its base address registers; none takes a register of another
 * @param capabilities its capability list, in order
 */
public record PciHeader(PciIdentity identity, PciPin pin, List<PciBar> bars, List<PciCapability> capabilities) {
    private static final int FIRST_CAPABILITY = 0x40;

    /** Copies the lists, and refuses BARs that share a register and capabilities that do not fit. */
    public PciHeader {
        bars = List.copyOf(bars);
        capabilities = List.copyOf(capabilities);
        int taken = 0;
        for (PciBar bar : bars) {
            int registers = (bar.kind().isWide() ? 3 : 1) << bar.index();
            if ((taken & registers) != 0) {
                throw new IllegalArgumentException("two BARs in one register [bars=" + bars + "]");
            }
            taken |= registers;
        }
        int end = FIRST_CAPABILITY;
        for (PciCapability capability : capabilities) {
            end = roundUp(end + capability.size());
        }
        if (end > PciConfigSpace.SIZE) {
            throw new IllegalArgumentException("the capabilities take " + (end - FIRST_CAPABILITY) + " bytes of "
                    + (PciConfigSpace.SIZE - FIRST_CAPABILITY));
        }
    }

    /** A function without BARs, interrupts and capabilities. */
    public static PciHeader of(PciIdentity identity) {
        return new PciHeader(identity, PciPin.NONE, List.of(), List.of());
    }

    /**
     * Where a capability is in configuration space.
     *
     * @param index its place in {@link #capabilities}
     */
    public int offsetOf(int index) {
        int offset = FIRST_CAPABILITY;
        for (PciCapability before : capabilities.subList(0, index)) {
            offset = roundUp(offset + before.size());
        }
        return offset;
    }

    private static int roundUp(int offset) {
        return (offset + 3) & ~3;
    }
}
