// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.kvm.abi.KvmCap;
import io.microlith.kvm.testkit.TinyGuest;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.Capability;
import io.microlith.vmm.ExitReason;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** KVM's own counters. */
@RequiresKvm
class StatisticsKvmIT {
    @Test
    void value_ofExits_growsByTheExitsOfTheGuest() {
        // e6 10  out 0x10, al
        // eb fc  jmp -4
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm);
                KvmStatistics statistics = guest.vcpu().statistics().orElseThrow()) {
            guest.user("e6 10 eb fc");
            long before = statistics.value("exits");

            for (int i = 0; i < 100; i++) {
                assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);
            }

            assertThat(statistics.value("exits") - before).isGreaterThanOrEqualTo(100);
            assertThat(statistics.all()).containsKeys("exits", "io_exits", "mmio_exits", "halt_exits");
        }
    }

    @Test
    void descriptor_ofKnownValues_hasKindUnitAndScale() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm);
                KvmStatistics statistics = guest.vcpu().statistics().orElseThrow()) {
            assertThat(statistics.descriptor("exits"))
                    .isEqualTo(new KvmStatistics.Descriptor(
                            "exits", KvmStatistics.Kind.CUMULATIVE, KvmStatistics.Unit.NONE, 1, 1));
            KvmStatistics.Descriptor halted = statistics.descriptor("halt_wait_ns");
            assertThat(halted.unit()).isEqualTo(KvmStatistics.Unit.SECONDS);
            assertThat(halted.scale()).isEqualTo(1e-9);
            KvmStatistics.Descriptor histogram = statistics.descriptor("halt_wait_hist");
            assertThat(histogram.kind()).isEqualTo(KvmStatistics.Kind.LOG_HISTOGRAM);
            assertThat(statistics.values("halt_wait_hist")).hasSize(histogram.length());
            assertThat(statistics.descriptor("guest_mode").unit()).isEqualTo(KvmStatistics.Unit.BOOLEAN);
        }
    }

    @Test
    void statistics_ofVm_areThereAndOutliveIt() {
        try (KvmHypervisor kvm = KvmHypervisor.open()) {
            KvmStatistics statistics;
            try (TinyGuest guest = new TinyGuest(kvm)) {
                statistics = guest.vm().statistics().orElseThrow();
                assertThat(statistics.names()).contains("pages_4k", "remote_tlb_flush");
            }
            assertThat(statistics.value("remote_tlb_flush")).isNotNegative();
            statistics.close();
        }
    }

    @Test
    void value_ofUnknownName_saysWhichThereAre() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm);
                KvmStatistics statistics = guest.vm().statistics().orElseThrow()) {
            assertThatThrownBy(() -> statistics.value("warp_exits"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("this host's KVM has no statistic 'warp_exits', only [")
                    .hasMessageContaining("remote_tlb_flush");
        }
    }

    @Test
    void statistics_hostWithoutThem_areAbsent() {
        try (KvmHypervisor kvm = KvmHypervisor.open(KvmHypervisor.DEVICE, Set.of(KvmCap.KVM_CAP_BINARY_STATS_FD));
                TinyGuest guest = new TinyGuest(kvm)) {
            assertThat(kvm.supports(Capability.STATISTICS)).isFalse();
            assertThat(guest.vm().statistics()).isEmpty();
            assertThat(guest.vcpu().statistics()).isEmpty();
        }
    }
}
