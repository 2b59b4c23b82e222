// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.kvm.abi.KvmIrqRoutingEntryLayout;
import io.microlith.kvm.abi.KvmIrqRoutingLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Routes to {@code struct kvm_irq_routing}. */
final class KvmRouting {
    private KvmRouting() {}

    static void set(KvmFile vm, List<IrqRoute> routes) {
        try (Arena arena = Arena.ofConfined()) {
            long size = KvmIrqRoutingLayout.SIZE + routes.size() * KvmIrqRoutingEntryLayout.SIZE;
            MemorySegment table = arena.allocate(size, Long.BYTES);
            table.set(JAVA_INT, KvmIrqRoutingLayout.NR, routes.size());
            for (int i = 0; i < routes.size(); i++) {
                long at = KvmIrqRoutingLayout.ENTRIES + i * KvmIrqRoutingEntryLayout.SIZE;
                write(routes.get(i), table.asSlice(at, KvmIrqRoutingEntryLayout.SIZE));
            }
            vm.call(KvmIoctl.KVM_SET_GSI_ROUTING, table, () -> "nr=" + routes.size());
        }
    }

    private static void write(IrqRoute route, MemorySegment entry) {
        entry.set(JAVA_INT, KvmIrqRoutingEntryLayout.GSI, route.gsi());
        switch (route) {
            case IrqRoute.Pin pin -> {
                entry.set(JAVA_INT, KvmIrqRoutingEntryLayout.TYPE, KvmIrqRoutingEntryLayout.TYPE_IRQCHIP);
                entry.set(JAVA_INT, KvmIrqRoutingEntryLayout.IRQCHIP, pin.chip().number());
                entry.set(JAVA_INT, KvmIrqRoutingEntryLayout.PIN, pin.pin());
            }
            case IrqRoute.Msi msi -> {
                entry.set(JAVA_INT, KvmIrqRoutingEntryLayout.TYPE, KvmIrqRoutingEntryLayout.TYPE_MSI);
                entry.set(JAVA_INT, KvmIrqRoutingEntryLayout.MSI_ADDRESS_LO, (int) msi.address());
                entry.set(JAVA_INT, KvmIrqRoutingEntryLayout.MSI_ADDRESS_HI, (int) (msi.address() >>> Integer.SIZE));
                entry.set(JAVA_INT, KvmIrqRoutingEntryLayout.MSI_DATA, msi.data());
            }
        }
    }
}
