// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.kvm.abi.KvmCap;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.Capability;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.error.HypervisorException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a host must have, and what it may lack. */
@RequiresKvm
class CapabilityKvmIT {
    @Test
    void open_byServiceLoader_findsKvm() {
        try (Hypervisor hypervisor = Hypervisor.open()) {
            assertThat(hypervisor).isInstanceOf(KvmHypervisor.class);
            assertThat(hypervisor.name()).isEqualTo("kvm");
            assertThat(hypervisor.maxVcpus()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "KVM_CAP_IRQCHIP",
                "KVM_CAP_USER_MEMORY",
                "KVM_CAP_SET_TSS_ADDR",
                "KVM_CAP_EXT_CPUID",
                "KVM_CAP_MP_STATE",
                "KVM_CAP_IRQ_ROUTING",
                "KVM_CAP_PIT2",
                "KVM_CAP_SIGNAL_MSI",
                "KVM_CAP_CHECK_EXTENSION_VM",
                "KVM_CAP_IMMEDIATE_EXIT"
            })
    void open_hostWithoutSomethingNeeded_namesIt(KvmCap needed) {
        assertThatThrownBy(() -> KvmHypervisor.open(KvmHypervisor.DEVICE, Set.of(needed)))
                .isInstanceOf(HypervisorException.class)
                .hasMessage(
                        "this host's KVM lacks " + needed + ": run a Linux kernel of 4.12 or later with KVM for x86");
    }

    @Test
    void open_hostWithoutMoreThanOne_namesThemAll() {
        assertThatThrownBy(() -> KvmHypervisor.open(
                        KvmHypervisor.DEVICE, Set.of(KvmCap.KVM_CAP_SIGNAL_MSI, KvmCap.KVM_CAP_IRQCHIP)))
                .hasMessageContaining("lacks KVM_CAP_IRQCHIP, KVM_CAP_SIGNAL_MSI:");
    }

    @Test
    void open_hostWithoutAnythingOptional_works() {
        EnumSet<KvmCap> optional = EnumSet.allOf(KvmCap.class);
        optional.removeAll(KvmHypervisor.required());
        try (KvmHypervisor kvm = KvmHypervisor.open(KvmHypervisor.DEVICE, optional)) {
            for (Capability capability : Capability.values()) {
                assertThat(kvm.supports(capability))
                        .as(capability.name())
                        .isEqualTo(capability == Capability.DIRTY_LOG);
            }
            assertThat(kvm.maxVcpus()).isEqualTo(1);
        }
    }

    /** A guest that was told so here may go on here. */
    @Test
    void featureMsrs_kvmDoesNotSay_areWhatAVcpuHas() {
        int archCapabilities = 0x10a;
        try (KvmHypervisor kvm = KvmHypervisor.open(KvmHypervisor.DEVICE, Set.of(KvmCap.KVM_CAP_GET_MSR_FEATURES));
                KvmVm vm = kvm.createVm("features");
                KvmVcpu vcpu = vm.createVcpu(0)) {
            assertThat(kvm.featureMsrs()).isEqualTo(vcpu.msrs(List.of(archCapabilities)));
        }
    }

    @Test
    void featureMsrs_sayWhatTheProcessorIs() {
        int archCapabilities = 0x10a;
        int microcode = 0x8b;
        try (KvmHypervisor kvm = KvmHypervisor.open()) {
            assertThat(kvm.featureMsrs()).extracting(MsrValue::index).containsAnyOf(archCapabilities, microcode);
        }
    }
}
