// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.MachineState;
import java.util.List;
import java.util.Set;

/**
 * The plan of a machine: where its memory is, which devices are always there, and in what state its processors start.
 * Found by {@link java.util.ServiceLoader} unless the embedder names one. Stateless; each VM has a {@link Platform} of
 * its own.
 */
public interface Board {
    /** Whether this board can be built on this hypervisor. */
    boolean fits(Hypervisor hypervisor);

    /**
     * Holds a host against a machine of this board that was saved. Nothing is made of the machine. Any thread.
     *
     * @param hypervisor the host, one that this board {@link #fits}
     * @param saved what the machine was
     * @return what keeps it from going on there; nothing if it can
     * @throws io.microlith.vmm.error.InvalidStateException if the state is malformed
     * @throws io.microlith.vmm.error.HypervisorException if the host fails
     */
    List<HostDifference> differences(Hypervisor hypervisor, MachineState saved);

    /**
     * The devices that the board makes by itself when it makes a machine that was saved again: nobody else configures
     * them. Any thread. None, unless a board says otherwise.
     *
     * @param saved what the machine was
     */
    default Set<DeviceId> ownDevices(MachineState saved) {
        return Set.of();
    }

    /**
     * What of an identity there is a place for in a machine that was saved, beside its devices. Any thread. Nothing,
     * unless a board says otherwise.
     *
     * @param saved what the machine was
     */
    default Set<CloneIdentity.Aspect> aspects(MachineState saved) {
        return Set.of();
    }

    /**
     * Where RAM of a given amount is.
     *
     * @throws io.microlith.vmm.error.ConfigException if it is too little or too much for the board
     */
    List<AddressRange> ram(Size memory);

    /**
     * Begins a machine around a VM that has memory and no vCPU yet, with what has to be there before vCPUs are:
     * interrupt controllers, say. The rest comes with {@link Platform#addDevices}.
     *
     * @throws io.microlith.vmm.error.VmmException if something does not fit; nothing is left behind then
     */
    Platform assemble(BoardContext context);
}
