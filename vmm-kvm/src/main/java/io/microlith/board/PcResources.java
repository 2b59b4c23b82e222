// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.vmm.DeviceResources;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import java.util.ArrayList;
import java.util.List;

/** What the devices of one machine have taken and told. */
final class PcResources implements DeviceResources {
    private final PcWindows windows = new PcWindows();
    private final PcInterrupts interrupts = new PcInterrupts();
    private final List<FirmwareNode> nodes = new ArrayList<>();

    @Override
    public void claim(DeviceId device, AddressRange range) {
        windows.claim(device, range);
    }

    @Override
    public AddressRange claimFree(DeviceId device, long size) {
        return windows.claimFree(device, size);
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
    public void describe(FirmwareNode node) {
        nodes.add(node);
    }

    /** What the firmware tables are to say, in the order in which it was told. */
    List<FirmwareNode> nodes() {
        return nodes;
    }
}
