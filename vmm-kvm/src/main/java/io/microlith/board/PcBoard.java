// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.kvm.KvmHypervisor;
import io.microlith.vmm.Board;
import io.microlith.vmm.BoardContext;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Platform;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.memory.Size;
import java.util.List;

/**
 * A PC without a past: in-kernel interrupt controllers and timer, ACPI tables, a PCI host bridge, and the few legacy
 * devices that kernels still look for. See {@link PcLayout} for its addresses.
 */
public final class PcBoard implements Board {
    private final PcFirmware firmware = new PcFirmware();

    /** Makes the plan. */
    public PcBoard() {}

    @Override
    public boolean fits(Hypervisor hypervisor) {
        return hypervisor instanceof KvmHypervisor;
    }

    @Override
    public List<AddressRange> ram(Size memory) {
        return PcLayout.ram(memory);
    }

    @Override
    public Platform assemble(BoardContext context) {
        return new PcPlatform(context, firmware);
    }

    @Override
    public String toString() {
        return "PC board";
    }
}
