// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.microlith.kvm.abi.KvmCap;
import io.microlith.kvm.testkit.TinyGuest;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.Capability;
import io.microlith.vmm.ExitReason;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.memory.MappedMemory;
import io.microlith.vmm.memory.PageBacking;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Memory that is mapped for the guest before it touches it. */
@RequiresKvm
class PreFaultKvmIT {
    private static final long EXTRA = 0x4000_0000L;
    private static final int PAGES = 512;

    /**
     * Writes to each of {@link #PAGES} pages from rsi on.
     *
     * <pre>
     * c6 06 01              mov byte ptr [rsi], 1
     * 81 c6 00 10 00 00     add esi, 0x1000
     * ff c9                 dec ecx
     * 75 f3                 jnz -13
     * e6 10                 out 0x10, al
     * </pre>
     */
    private static final String WRITER = "c6 06 01 81 c6 00 10 00 00 ff c9 75 f3 e6 10";

    /** How many faults the guest has in pages that are there, if some ranges were given before. */
    private static long faults(Set<KvmCap> hidden, List<AddressRange> ranges) {
        try (KvmHypervisor kvm = KvmHypervisor.open(KvmHypervisor.DEVICE, hidden);
                MappedMemory memory =
                        MappedMemory.map("extra", List.of(new AddressRange(EXTRA, PAGES * 4096L)), PageBacking.SMALL);
                TinyGuest guest = new TinyGuest(kvm);
                KvmStatistics statistics = guest.vcpu().statistics().orElseThrow()) {
            guest.vm().addMemory(memory.memory().regions().getFirst());
            for (int page = 0; page < PAGES; page++) {
                memory.memory().putInt(EXTRA + page * 4096L, page);
            }
            guest.user(WRITER).registers(r -> r.rsi(EXTRA).rcx(PAGES));

            guest.vcpu().preFault(ranges);
            long before = statistics.value("pf_taken");
            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);

            for (int page = 0; page < PAGES; page++) {
                assertThat(memory.memory().getInt(EXTRA + page * 4096L)).isEqualTo(page & ~0xff | 1);
            }
            return statistics.value("pf_taken") - before;
        }
    }

    private static boolean isThere() {
        try (KvmHypervisor kvm = KvmHypervisor.open()) {
            return kvm.supports(Capability.PRE_FAULT);
        }
    }

    @Test
    void preFault_pagesThatAreThere_areNoExitsWhenTheyAreTouched() {
        assumeTrue(isThere(), "this host's KVM has no KVM_CAP_PRE_FAULT_MEMORY, which Linux has since 6.11");

        long touched = faults(Set.of(), List.of());
        long half = faults(
                Set.of(),
                List.of(
                        new AddressRange(EXTRA, PAGES * 1024L),
                        new AddressRange(EXTRA + PAGES * 2048L, PAGES * 1024L)));
        long all = faults(Set.of(), List.of(new AddressRange(EXTRA, PAGES * 4096L)));

        assertThat(touched).isGreaterThanOrEqualTo(PAGES);
        assertThat(half).isBetween(touched - PAGES / 2 - 8, touched - PAGES / 2 + 8);
        assertThat(all).isLessThan(16);
    }

    @Test
    void preFault_whatCannotBeMapped_isLeftToTheGuestsTouch() {
        List<AddressRange> strange = List.of(
                new AddressRange(EXTRA + 1, 4096),
                new AddressRange(0x10_0000_0000L, 4096),
                new AddressRange(EXTRA, 100));

        assertThat(faults(Set.of(), strange)).isGreaterThanOrEqualTo(PAGES);
    }

    @Test
    void preFault_hostWithoutIt_isWithoutEffect() {
        Set<KvmCap> hidden = Set.of(KvmCap.KVM_CAP_PRE_FAULT_MEMORY);

        assertThat(faults(hidden, List.of(new AddressRange(EXTRA, PAGES * 4096L))))
                .isGreaterThanOrEqualTo(PAGES);
    }
}
