// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.board.host.HostOffer;
import io.microlith.kvm.KvmHypervisor;
import io.microlith.vmm.Board;
import io.microlith.vmm.BoardContext;
import io.microlith.vmm.CloneIdentity;
import io.microlith.vmm.HostDifference;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Platform;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.MachineState;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A PC without a past: in-kernel interrupt controllers and timer, ACPI tables, a PCI host bridge, and the few legacy
 * devices that kernels still look for. See {@link PcLayout} for its addresses.
 */
public final class PcBoard implements Board {
    private final Set<PcPart> parts;
    private final PcFirmware firmware;

    /** Makes the plan of a whole PC. */
    public PcBoard() {
        this(EnumSet.allOf(PcPart.class));
    }

    private PcBoard(Set<PcPart> parts) {
        this.parts = Collections.unmodifiableSet(parts);
        firmware = new PcFirmware(this.parts);
    }

    /**
     * The same plan with less on the board: a guest that can do without a part starts earlier for it.
     *
     * @param missing what to leave out, besides what this plan leaves out already
     */
    public PcBoard without(PcPart... missing) {
        Set<PcPart> rest = EnumSet.noneOf(PcPart.class);
        rest.addAll(parts);
        rest.removeAll(List.of(missing));
        return new PcBoard(rest);
    }

    /** The plan without any part that {@link PcPart} has: for kernels that know they are under KVM, such as Linux. */
    public static PcBoard lean() {
        return new PcBoard().without(PcPart.values());
    }

    @Override
    public boolean fits(Hypervisor hypervisor) {
        return hypervisor instanceof KvmHypervisor;
    }

    @Override
    public List<HostDifference> differences(Hypervisor hypervisor, MachineState saved) {
        return PcState.differences(HostOffer.of((KvmHypervisor) hypervisor), saved);
    }

    @Override
    public Set<DeviceId> ownDevices(MachineState saved) {
        return PcChipset.devices(PcChipset.parts(parts, saved));
    }

    @Override
    public Set<CloneIdentity.Aspect> aspects(MachineState saved) {
        Set<PcPart> there = PcChipset.parts(parts, saved);
        Set<CloneIdentity.Aspect> aspects = EnumSet.noneOf(CloneIdentity.Aspect.class);
        if (there.contains(PcPart.GENERATION)) {
            aspects.add(CloneIdentity.Aspect.GENERATION);
        }
        if (there.contains(PcPart.CLOCK)) {
            aspects.add(CloneIdentity.Aspect.CLOCK);
        }
        return aspects;
    }

    @Override
    public List<AddressRange> ram(Size memory) {
        return PcLayout.ram(memory);
    }

    @Override
    public Platform assemble(BoardContext context) {
        return new PcPlatform(
                context,
                firmware,
                context.saved().map(saved -> PcChipset.parts(parts, saved)).orElse(parts));
    }

    @Override
    public String toString() {
        return "PC board";
    }
}
