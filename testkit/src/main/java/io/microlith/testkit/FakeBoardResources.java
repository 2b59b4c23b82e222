// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.DeviceResources;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.pci.PciBus;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the devices on a {@link FakeBoard} share: room for their windows, interrupt inputs, firmware nodes. */
final class FakeBoardResources implements DeviceResources {
    private static final int FIRST_FREE_GSI = 16;
    private static final int LAST_GSI = 255;

    private final Map<Integer, Interrupt> claimed = new HashMap<>();
    private final List<FirmwareNode> nodes = new ArrayList<>();
    private final PciBus pciBus;
    private long nextWindow = FakeDeviceContext.MMIO_BASE;
    private long nextMemory = FakeDeviceContext.MEMORY_BASE;

    FakeBoardResources(PciBus pciBus) {
        this.pciBus = pciBus;
    }

    @Override
    public synchronized void claim(DeviceId device, AddressRange range) {
        // The bus refuses what overlaps, and there is no RAM up here.
    }

    @Override
    public synchronized AddressRange claimFree(DeviceId device, long size) {
        if (size <= 0 || Long.bitCount(size) != 1) {
            throw new ConfigException("mmio", device + " wants " + size + " bytes: a power of two is needed");
        }
        long base = (nextWindow + size - 1) & -size;
        nextWindow = base + size;
        return new AddressRange(base, size);
    }

    @Override
    public synchronized AddressRange claimMemory(DeviceId device, long size, long alignment) {
        AddressRange range = new AddressRange((nextMemory + alignment - 1) & -alignment, size);
        nextMemory = range.last() + 1;
        return range;
    }

    @Override
    public synchronized void claim(DeviceId device, Interrupt interrupt) {
        Interrupt other = claimed.putIfAbsent(interrupt.gsi(), interrupt);
        if (other != null && !(other.equals(interrupt) && interrupt.trigger() == Trigger.LEVEL)) {
            throw new ConfigException(
                    "interrupt",
                    device + " wants " + interrupt + ", which is taken as " + other + ": give it another one");
        }
    }

    @Override
    public synchronized Interrupt claimFree(DeviceId device, Trigger trigger) {
        for (int gsi = FIRST_FREE_GSI; gsi <= LAST_GSI; gsi++) {
            if (!claimed.containsKey(gsi)) {
                Interrupt interrupt = new Interrupt(gsi, trigger);
                claim(device, interrupt);
                return interrupt;
            }
        }
        throw new ConfigException("interrupt", "none is free for " + device + ": take devices out");
    }

    @Override
    public PciBus pciBus(DeviceId device) {
        return pciBus;
    }

    @Override
    public synchronized void describe(FirmwareNode node) {
        nodes.add(node);
    }

    synchronized List<FirmwareNode> nodes() {
        return List.copyOf(nodes);
    }
}
