// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pci;

import io.microlith.virtio.SharedMemoryRegion;
import io.microlith.virtio.VirtioDevice;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.pci.PciBar;
import io.microlith.vmm.bus.pci.PciCapability;
import io.microlith.vmm.bus.pci.PciHeader;
import io.microlith.vmm.bus.pci.PciIdentity;
import io.microlith.vmm.bus.pci.PciPin;
import io.microlith.vmm.device.pci.PciMsixLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a device's registers are: BAR 0 has them all, each kind in pages of its own where drivers map them. Shared
 * memory is behind BAR 2 and BAR 4.
 *
 * @param deviceType the number of the device type
 * @param queues how many queues it has
 * @param configSize the bytes of its configuration structure
 * @param shared its shared memory
 */
record PciLayout(int deviceType, int queues, int configSize, List<SharedMemoryRegion> shared) {
    static final AddressRange COMMON = new AddressRange(0, PciRegisters.COMMON_SIZE);
    static final AddressRange ISR = new AddressRange(0x800, Integer.BYTES);
    static final AddressRange DEVICE = new AddressRange(0x1000, 0x1000);

    private static final int MOST_VECTORS = 2048;
    private static final int LEAST_VECTORS = 2;
    private static final int MOST_REGIONS = 2;
    private static final long NOTIFY_BASE = 0x2000;
    private static final long PAGE = 0x1000;

    /** Refuses more shared memory than there are BARs for. */
    PciLayout {
        shared = List.copyOf(shared);
        if (shared.size() > MOST_REGIONS) {
            throw new IllegalArgumentException(shared.size() + " regions of shared memory, and there is room for 2");
        }
    }

    static PciLayout of(VirtioDevice device) {
        return new PciLayout(
                device.deviceType(),
                device.queueSizes().size(),
                device.configSpace().size(),
                device.sharedMemory());
    }

    /** The doorbells, one after the other. */
    AddressRange doorbells() {
        return new AddressRange(NOTIFY_BASE, (long) PciRegisters.NOTIFY_OFF_MULTIPLIER * Math.max(1, queues));
    }

    /** A vector for each queue and one for the configuration, as far as that goes. */
    PciMsixLayout msix() {
        int vectors = Math.clamp(queues + 1L, LEAST_VECTORS, MOST_VECTORS);
        long table = NOTIFY_BASE + roundUp(doorbells().size());
        return new PciMsixLayout(vectors, 0, table, table + 16L * vectors);
    }

    /** The BAR of the registers. */
    PciBar registers() {
        long end = msix().pending().last() + 1;
        return new PciBar(0, PciBar.Kind.MEMORY_64, Long.highestOneBit(end - 1) << 1);
    }

    /** The BAR of a region of shared memory. */
    PciBar memory(int region) {
        return new PciBar(
                2 + 2 * region,
                PciBar.Kind.PREFETCHABLE_64,
                shared.get(region).memory().byteSize());
    }

    /** What the function is at power-on. The capability for access through configuration space is the first. */
    PciHeader header() {
        List<PciBar> bars = new ArrayList<>(List.of(registers()));
        List<PciCapability> capabilities = new ArrayList<>(List.of(
                PciCapabilities.access(),
                PciCapabilities.common(COMMON),
                PciCapabilities.doorbells(doorbells()),
                PciCapabilities.isr(ISR)));
        if (configSize > 0) {
            capabilities.add(PciCapabilities.device(new AddressRange(DEVICE.base(), configSize)));
        }
        for (int i = 0; i < shared.size(); i++) {
            bars.add(memory(i));
            capabilities.add(PciCapabilities.sharedMemory(
                    shared.get(i).id(), memory(i).index(), memory(i).size()));
        }
        capabilities.add(msix().capability());
        return new PciHeader(identity(), PciPin.A, bars, capabilities);
    }

    private PciIdentity identity() {
        int device = PciRegisters.FIRST_DEVICE + deviceType;
        return new PciIdentity(
                PciRegisters.VENDOR, device, classCode(), PciRegisters.REVISION, PciRegisters.VENDOR, device);
    }

    /** What PCI calls such a device; drivers go by the device id. */
    private int classCode() {
        return switch (deviceType) {
            // Ethernet; mass storage; two of communication; memory.
            case 1 -> 0x020000;
            case 2 -> 0x018000;
            case 3, 19 -> 0x078000;
            case 27 -> 0x058000;
            // What fits into no class.
            default -> 0xff0000;
        };
    }

    private static long roundUp(long size) {
        return (size + PAGE - 1) & -PAGE;
    }
}
