// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.kvm.CpuFeature;
import io.microlith.kvm.HostProfile;
import io.microlith.kvm.KvmHypervisor;
import io.microlith.kvm.KvmLapic;
import io.microlith.kvm.KvmRegisters;
import io.microlith.kvm.KvmVcpu;
import io.microlith.kvm.KvmVcpuState;
import io.microlith.kvm.KvmVm;
import io.microlith.kvm.MpState;
import io.microlith.kvm.MsrValue;
import io.microlith.kvm.abi.KvmCap;
import io.microlith.kvm.testkit.TinyGuest;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.ExitReason;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A template on this host: KVM takes it, and a guest finds what it says. */
@RequiresKvm
class CpuTemplateKvmIT {
    private static final int IA32_MTRR_DEF_TYPE = 0x2ff;
    private static final int MSR_LSTAR = 0xc000_0082;
    private static final int CPU_COUNT = 3;

    /**
     * Shows EBX, ECX and EDX of a CPUID leaf at ports.
     *
     * <pre>
     * 0f a2     cpuid
     * 87 c3     xchg eax, ebx
     * e7 10     out 0x10, eax
     * 89 c8     mov eax, ecx
     * e7 11     out 0x11, eax
     * 89 d0     mov eax, edx
     * e7 12     out 0x12, eax
     * </pre>
     */
    private static final String SHOW_CPUID = "0f a2 87 c3 e7 10 89 c8 e7 11 89 d0 e7 12";

    private static int shown(KvmVcpu vcpu) {
        assertThat(vcpu.run()).isEqualTo(ExitReason.PIO);
        return (int) vcpu.exit().data(0);
    }

    /** For the first time. */
    private static void powerOn(KvmVcpu vcpu, VcpuPowerOn powerOn) {
        powerOn.admit(vcpu);
        powerOn.apply(vcpu);
    }

    private static KvmVcpuState notReset() {
        throw new AssertionError("this is no reset");
    }

    @Test
    void apply_guestFindsItsApicIdAndTopology() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm, KvmVm::createIrqchip);
                KvmVcpu second = guest.vm().createVcpu(1)) {
            CpuTemplate template = CpuTemplate.of(kvm, CPU_COUNT);
            guest.vcpu().unbindFromThread();
            second.bindToThread();
            powerOn(second, new VcpuPowerOn(template, CpuTemplateKvmIT::notReset));
            second.mpState(MpState.RUNNABLE);

            guest.longMode(second, 3, SHOW_CPUID);
            new KvmRegisters().load(second).rax(1).rcx(0).store(second);
            int ebx = shown(second);
            int ecx = shown(second);
            int edx = shown(second);
            assertThat(ebx >>> 24).isEqualTo(1);
            assertThat(ebx >>> 16 & 0xff).isEqualTo(CPU_COUNT);
            assertThat(ecx & 1 << 31).isNotZero();
            assertThat(ecx & 1 << 3).isZero();
            assertThat(edx & 1 << 28).isNotZero();

            guest.longMode(second, 3, SHOW_CPUID);
            new KvmRegisters().load(second).rax(0xb).rcx(1).store(second);
            assertThat(shown(second)).isEqualTo(CPU_COUNT);
            assertThat(shown(second)).isEqualTo(0x201);
            assertThat(shown(second)).isEqualTo(1);

            guest.longMode(second, 3, SHOW_CPUID);
            new KvmRegisters().load(second).rax(0x4000_0000L).rcx(0).store(second);
            assertThat(shown(second)).isEqualTo(0x4b4d_564b);
            second.unbindFromThread();
            guest.vcpu().bindToThread();
        }
    }

    @Test
    void apply_everyLeafIsTakenAsItWasGiven() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm, KvmVm::createIrqchip)) {
            CpuTemplate template = CpuTemplate.of(kvm, 1);

            template.identify(guest.vcpu());

            // KVM keeps some bits of these up to date itself, and a software KVM shows the features of user code as
            // they
            // are in the host.
            Set<Integer> kept = Set.of(0x1, 0x7, 0xd);
            assertThat(guest.vcpu().cpuid().stream().filter(entry -> !kept.contains(entry.function())))
                    .containsExactlyElementsOf(template.cpuid(0).stream()
                            .filter(entry -> !kept.contains(entry.function()))
                            .toList());
            assertThat(guest.vcpu().cpuid()).hasSameSizeAs(template.cpuid(0));
            assertThat(CpuFeature.X2APIC.in(template.cpuid(0))).isEqualTo(CpuFeature.X2APIC.in(kvm.supportedCpuid()));
        }
    }

    @Test
    void of_profileOfThisHost_isTheSameTemplate() {
        try (KvmHypervisor kvm = KvmHypervisor.open()) {
            CpuTemplate here = CpuTemplate.of(kvm, CPU_COUNT);
            CpuTemplate profiled = CpuTemplate.of(HostProfile.probe(kvm), CPU_COUNT);

            assertThat(profiled.cpuid(1)).isEqualTo(here.cpuid(1));
            assertThat(profiled.stateMsrs()).isEqualTo(here.stateMsrs());
            assertThat(profiled.powerOnMsrs()).isEqualTo(here.powerOnMsrs());
        }
    }

    @Test
    void of_profileWithoutDeadlineTimer_offersNone() {
        try (KvmHypervisor kvm = KvmHypervisor.open(KvmHypervisor.DEVICE, Set.of(KvmCap.KVM_CAP_TSC_DEADLINE_TIMER))) {
            assertThat(CpuFeature.TSC_DEADLINE.in(
                            CpuTemplate.of(HostProfile.probe(kvm), 1).cpuid(0)))
                    .isFalse();
        }
    }

    @Test
    void apply_firmwaresWorkIsDone() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm, KvmVm::createIrqchip)) {
            powerOn(guest.vcpu(), new VcpuPowerOn(CpuTemplate.of(kvm, 1), CpuTemplateKvmIT::notReset));

            assertThat(guest.vcpu().msrs(List.of(IA32_MTRR_DEF_TYPE)).getFirst().value())
                    .isEqualTo(0x806);
            KvmLapic apic = new KvmLapic().load(guest.vcpu());
            assertThat(apic.register(KvmLapic.LINT0)).isEqualTo(0x700);
            assertThat(apic.register(KvmLapic.LINT1)).isEqualTo(0x400);
        }
    }

    @Test
    void apply_again_undoesWhatTheGuestDid() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm, KvmVm::createIrqchip);
                TinyGuest other = new TinyGuest(kvm, KvmVm::createIrqchip)) {
            CpuTemplate template = CpuTemplate.of(kvm, 1);
            template.identify(other.vcpu());
            KvmVcpuState pristine = template.save(other.vcpu());
            VcpuPowerOn powerOn = new VcpuPowerOn(template, () -> pristine);
            powerOn(guest.vcpu(), powerOn);
            String registers = new KvmRegisters().load(guest.vcpu()).toString();
            // e6 10  out 0x10, al
            guest.user("e6 10");
            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);
            guest.vcpu().setMsrs(List.of(new MsrValue(MSR_LSTAR, 0x1234)));
            guest.vcpu().kick();
            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.INTERRUPTED);

            powerOn.apply(guest.vcpu());

            assertThat(new KvmRegisters().load(guest.vcpu())).hasToString(registers);
            assertThat(guest.vcpu().msrs(List.of(MSR_LSTAR)).getFirst().value()).isZero();
            guest.user("e6 10");
            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);
        }
    }
}
