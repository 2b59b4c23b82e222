// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.bus.Bus;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.DeviceSpec;
import io.microlith.vmm.device.VmControl;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.state.MachineState;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a board builds with.
 *
 * @param hypervisor the host
 * @param vm the VM, with its memory
 * @param config its size and manner
 * @param memory the guest's RAM
 * @param mmio the bus of memory-mapped I/O, empty but for what the embedder put there
 * @param pio the bus of ports, likewise
 * @param devices the devices to make, in the order in which they get addresses and interrupts
 * @param boot what to start, or empty if the embedder prepares memory and vCPUs
 * @param saved what the machine was, if it is one that was saved: devices are restored and not created then
 * @param identity who it is from now on, if that is another machine than the one that was saved
 * @param eventLoop the loop for devices
 * @param control what devices can ask of the machine
 */
public record BoardContext(
        Hypervisor hypervisor,
        HypervisorVm vm,
        VmConfig config,
        GuestMemory memory,
        Bus<MmioDevice> mmio,
        Bus<PioDevice> pio,
        SortedMap<DeviceId, DeviceSpec<?>> devices,
        Optional<BootSource> boot,
        Optional<MachineState> saved,
        Optional<CloneIdentity> identity,
        EventLoop eventLoop,
        VmControl control) {
    /**
     * The same for a machine that was saved.
     *
     * @param state what it was
     * @param who who it is from now on, if another; what it has for devices takes the place of what there is
     */
    public BoardContext restoring(MachineState state, Optional<CloneIdentity> who) {
        SortedMap<DeviceId, DeviceSpec<?>> now = new TreeMap<>(devices);
        who.ifPresent(other -> now.putAll(other.devices()));
        return new BoardContext(
                hypervisor, vm, config, memory, mmio, pio, now, boot, Optional.of(state), who, eventLoop, control);
    }

    /** The same with other views of the buses. */
    public BoardContext onBuses(Bus<MmioDevice> memoryBus, Bus<PioDevice> portBus) {
        return new BoardContext(
                hypervisor, vm, config, memory, memoryBus, portBus, devices, boot, saved, identity, eventLoop, control);
    }
}
