// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.kvm.abi.KvmCap;
import io.microlith.testkit.RequiresKvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What this host says of itself. */
@RequiresKvm
class HostProfileKvmIT {
    @Test
    void probe_hasWhatIsNeeded() {
        try (KvmHypervisor kvm = KvmHypervisor.open()) {
            HostProfile profile = HostProfile.probe(kvm);

            assertThat(profile.capabilities())
                    .containsKeys(KvmHypervisor.required().toArray(KvmCap[]::new));
            assertThat(profile.missing())
                    .doesNotContainAnyElementsOf(profile.capabilities().keySet());
            assertThat(profile.features()).contains(CpuFeature.LONG_MODE);
            assertThat(profile.cpuid()).isEqualTo(kvm.supportedCpuid());
            assertThat(profile.msrs()).isNotEmpty();
        }
    }

    @Test
    void kind_isWhatTheLoadedModuleSays() {
        // Of the modules there are, two use hardware; kvm_pvm does not.
        boolean hardware =
                Files.exists(Path.of("/sys/module/kvm_intel")) || Files.exists(Path.of("/sys/module/kvm_amd"));
        boolean software = Files.exists(Path.of("/sys/module/kvm_pvm"));
        try (KvmHypervisor kvm = KvmHypervisor.open()) {
            KvmKind kind = HostProfile.probe(kvm).kind();

            assertThat(hardware || software).isTrue();
            assertThat(kind).isEqualTo(hardware ? KvmKind.HARDWARE : KvmKind.SOFTWARE);
        }
    }

    @Test
    void kind_hostWithoutCounters_isTheSame() {
        Set<KvmCap> hidden = Set.of(KvmCap.KVM_CAP_BINARY_STATS_FD);
        try (KvmHypervisor kvm = KvmHypervisor.open();
                KvmHypervisor lacking = KvmHypervisor.open(KvmHypervisor.DEVICE, hidden)) {
            HostProfile profile = HostProfile.probe(lacking);

            assertThat(profile.kind()).isEqualTo(HostProfile.probe(kvm).kind());
            assertThat(profile.missing()).contains(KvmCap.KVM_CAP_BINARY_STATS_FD);
        }
    }
}
