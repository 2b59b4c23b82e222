// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.board.boot.BootProtocol;
import io.microlith.vmm.DeviceResources;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.pci.PciBus;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the devices of one machine have taken and told. */
final class PcResources implements DeviceResources {
    private final PcWindows windows = new PcWindows();
    private final PcInterrupts interrupts = new PcInterrupts();
    private final PcDeviceMemory memory;
    private final List<FirmwareNode> nodes = new ArrayList<>();
    private @Nullable PciBus pciBus;

    /**
     * Begins with nothing taken.
     *
     * @param memory the addresses for memory of devices' own
     */
    PcResources(PcDeviceMemory memory) {
        this.memory = memory;
    }

    /** Notes the PCI bus of the board. */
    void add(PciBus bus) {
        pciBus = bus;
    }

    @Override
    public void claim(DeviceId device, AddressRange range) {
        windows.claim(device, range);
    }

    @Override
    public AddressRange claimFree(DeviceId device, long size) {
        return windows.claimFree(device, size);
    }

    @Override
    public AddressRange claimMemory(DeviceId device, long size, long alignment) {
        return memory.claim(device, size, alignment);
    }

    @Override
    public void claim(DeviceId device, Interrupt interrupt) {
        interrupts.claim(device, interrupt);
    }

    @Override
    public Interrupt claimFree(DeviceId device, Trigger trigger) {
        return interrupts.claimFree(device, trigger);
    }

    @Override
    public PciBus pciBus(DeviceId device) {
        PciBus bus = pciBus;
        if (bus == null) {
            throw new ConfigException(
                    "pci", device + " wants a PCI bus, and this PC board was made without: leave the part PCI on it");
        }
        return bus;
    }

    @Override
    public void describe(FirmwareNode node) {
        nodes.add(node);
    }

    /** What the firmware tables are to say, in the order in which it was told. */
    List<FirmwareNode> nodes() {
        return nodes;
    }

    /** Those that firmware tables have to tell of, for the kernel hears of them in no other way. */
    List<FirmwareNode> nodesForTables(Optional<BootProtocol> boot) {
        return nodes.stream()
                .filter(node -> boot.map(protocol -> !protocol.describes(node)).orElse(true))
                .toList();
    }
}
