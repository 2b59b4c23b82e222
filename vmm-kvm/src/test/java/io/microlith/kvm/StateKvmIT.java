// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.microlith.kvm.abi.KvmCap;
import io.microlith.kvm.abi.KvmDebugregsLayout;
import io.microlith.kvm.testkit.TinyGuest;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.ExitReason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** State that is read, changed, written and read again. */
@RequiresKvm
class StateKvmIT {
    private static final int MSR_KERNEL_GS_BASE = 0xc000_0102;
    private static final int MSR_LSTAR = 0xc000_0082;
    private static final int MSR_NONE = 0xdead_beef;
    private static final int MSR_KVM_SYSTEM_TIME_NEW = 0x4b56_4d01;

    /** In struct pvclock_vcpu_time_info; see asm/pvclock-abi.h. */
    private static final int PVCLOCK_FLAGS = 29;

    private static final int PVCLOCK_GUEST_STOPPED = 1 << 1;
    private static final int XCR0_VALUE = 16;

    private KvmHypervisor kvm;
    private TinyGuest guest;
    private KvmVcpu vcpu;

    @BeforeEach
    void open() {
        open(Set.of());
    }

    private void open(Set<KvmCap> hidden) {
        kvm = KvmHypervisor.open(KvmHypervisor.DEVICE, hidden);
        guest = new TinyGuest(kvm, vm -> {
            vm.createIrqchip();
            vm.createPit();
        });
        vcpu = guest.vcpu();
        vcpu.cpuid(kvm.supportedCpuid());
    }

    @AfterEach
    void close() {
        guest.close();
        kvm.close();
    }

    private void reopenWithout(KvmCap... hidden) {
        close();
        open(Set.of(hidden));
    }

    private boolean hasXcrs() {
        return kvm.extension(KvmCap.KVM_CAP_XCRS) > 0;
    }

    /** What a host without XSAVE has not is there to be read, with nothing in it. */
    private Set<VcpuBlock> writableBlocks() {
        return hasXcrs() ? EnumSet.allOf(VcpuBlock.class) : EnumSet.complementOf(EnumSet.of(VcpuBlock.XCRS));
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void registers_stored_areLoadedAgain() {
        KvmRegisters stored = new KvmRegisters();
        stored.rax(1)
                .rbx(2)
                .rcx(3)
                .rdx(4)
                .rsi(5)
                .rdi(6)
                .rsp(7)
                .rbp(8)
                .r8(9)
                .r9(10)
                .r10(11)
                .r11(12);
        stored.r12(13).r13(14).r14(15).r15(16).rip(17).store(vcpu);

        KvmRegisters loaded = new KvmRegisters().load(vcpu);

        assertThat(loaded).hasToString(stored.toString());
        assertThat(loaded.r15()).isEqualTo(16);
        assertThat(loaded.rflags()).isEqualTo(KvmRegisters.RFLAGS_FIXED);
    }

    @Test
    void specialRegisters_stored_areLoadedAgain() {
        Segment code = Segment.code32(0x10);
        Segment data = Segment.data(0x18);
        new KvmSpecialRegisters()
                .load(vcpu)
                .cs(code)
                .dataSegments(data)
                .tr(Segment.tss(0x20, 0x600, 0x67))
                .gdt(new DescriptorTable(0x500, 0x3f))
                .idt(new DescriptorTable(0x700, 0xfff))
                .cr0(0x11)
                .cr2(0x1234)
                .cr3(0x5000)
                .store(vcpu);

        KvmSpecialRegisters loaded = new KvmSpecialRegisters().load(vcpu);

        assertThat(loaded.cs()).isEqualTo(code);
        assertThat(loaded.ss()).isEqualTo(data);
        assertThat(loaded.tr()).isEqualTo(Segment.tss(0x20, 0x600, 0x67));
        assertThat(loaded.gdt()).isEqualTo(new DescriptorTable(0x500, 0x3f));
        assertThat(loaded.idt()).isEqualTo(new DescriptorTable(0x700, 0xfff));
        assertThat(loaded.cr0()).isEqualTo(0x11);
        assertThat(loaded.cr2()).isEqualTo(0x1234);
        assertThat(loaded.cr3()).isEqualTo(0x5000);
        assertThat(loaded.apicBase() & ~0xfffL).isEqualTo(0xfee0_0000L);
    }

    @Test
    void fpu_stored_isLoadedAgain() {
        new KvmFpu().fcw(0x27f).xmmLow(3, 0x1122_3344_5566_7788L).store(vcpu);

        KvmFpu loaded = new KvmFpu().load(vcpu);

        assertThat(loaded.fcw()).isEqualTo(0x27f);
        assertThat(loaded.xmmLow(3)).isEqualTo(0x1122_3344_5566_7788L);
    }

    @Test
    void vcpuBlock_writtenAsRead_isReadTheSame() {
        for (VcpuBlock block : writableBlocks()) {
            byte[] state = vcpu.get(block);

            vcpu.set(block, state);

            assertThat(vcpu.get(block)).as(block.name()).isEqualTo(state);
        }
    }

    @ParameterizedTest
    @EnumSource
    void vcpuBlock_ofAnotherSize_isRefused(VcpuBlock block) {
        byte[] tooShort = new byte[vcpu.get(block).length - 1];

        assertThatThrownBy(() -> vcpu.set(block, tooShort))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the state is of another host");
    }

    @ParameterizedTest
    @EnumSource
    void vmBlock_writtenAsRead_isReadTheSame(VmBlock block) {
        byte[] state = guest.vm().get(block);

        guest.vm().set(block, state);

        assertThat(guest.vm().get(block)).hasSameSizeAs(state);
        if (block != VmBlock.PIT) {
            // The timer goes on meanwhile.
            assertThat(guest.vm().get(block)).isEqualTo(state);
        }
    }

    @Test
    void vmBlock_ofAnotherChip_isRefused() {
        byte[] primary = guest.vm().get(VmBlock.PIC_PRIMARY);

        assertThatThrownBy(() -> guest.vm().set(VmBlock.IO_APIC, primary))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("this is no state of IO_APIC");
    }

    @Test
    void debugRegisters_changed_areReadBack() {
        byte[] state = vcpu.get(VcpuBlock.DEBUG_REGISTERS);
        littleEndian(state).putLong((int) KvmDebugregsLayout.DB, 0x1234_5678L);

        vcpu.set(VcpuBlock.DEBUG_REGISTERS, state);

        assertThat(littleEndian(vcpu.get(VcpuBlock.DEBUG_REGISTERS)).getLong((int) KvmDebugregsLayout.DB))
                .isEqualTo(0x1234_5678L);
    }

    @Test
    void xcrs_sseSwitchedOn_isReadBackOrRefusedWithoutXsave() {
        byte[] state = vcpu.get(VcpuBlock.XCRS);
        littleEndian(state).putInt(0, 1);
        littleEndian(state).putLong(XCR0_VALUE, 3);
        if (!hasXcrs()) {
            assertThatThrownBy(() -> vcpu.set(VcpuBlock.XCRS, state)).isInstanceOf(KvmException.class);
            return;
        }

        vcpu.set(VcpuBlock.XCRS, state);

        assertThat(littleEndian(vcpu.get(VcpuBlock.XCRS)).getLong(XCR0_VALUE)).isEqualTo(3);
    }

    @Test
    void lapic_taskPriorityChanged_isReadBack() {
        int taskPriority = 0x80;
        new KvmLapic().load(vcpu).register(taskPriority, 0x30).store(vcpu);

        assertThat(new KvmLapic().load(vcpu).register(taskPriority)).isEqualTo(0x30);
    }

    @Test
    void mpState_changed_isReadBack() {
        assertThat(vcpu.mpState()).isEqualTo(MpState.RUNNABLE);

        vcpu.mpState(MpState.HALTED);

        assertThat(vcpu.mpState()).isEqualTo(MpState.HALTED);
        try (KvmVcpu second = guest.vm().createVcpu(1)) {
            assertThat(second.mpState()).isEqualTo(MpState.UNINITIALIZED);
        }
    }

    @Test
    void setMsrs_written_areReadBack() {
        List<MsrValue> values =
                List.of(new MsrValue(MSR_KERNEL_GS_BASE, 0x1111_2222L), new MsrValue(MSR_LSTAR, 0x3333_4444L));

        vcpu.setMsrs(values);

        assertThat(vcpu.msrs(List.of(MSR_KERNEL_GS_BASE, MSR_LSTAR))).isEqualTo(values);
    }

    @Test
    void setMsrs_oneIsRefused_namesItAndHasWrittenThoseBefore() {
        List<MsrValue> values = List.of(
                new MsrValue(MSR_LSTAR, 0x5555L), new MsrValue(MSR_NONE, 7), new MsrValue(MSR_KERNEL_GS_BASE, 0x6666L));

        assertThatThrownBy(() -> vcpu.setMsrs(values))
                .isInstanceOf(KvmException.class)
                .hasMessage("KVM_SET_MSRS failed: EINVAL (22) [refused at msr 0xdeadbeef=0x7]");
        assertThat(vcpu.msrs(List.of(MSR_LSTAR)).getFirst().value()).isEqualTo(0x5555);
        assertThat(vcpu.msrs(List.of(MSR_KERNEL_GS_BASE)).getFirst().value()).isZero();
    }

    @Test
    void msrs_oneIsRefused_namesIt() {
        assertThatThrownBy(() -> vcpu.msrs(List.of(MSR_LSTAR, MSR_NONE)))
                .hasMessage("KVM_GET_MSRS failed: EINVAL (22) [refused at msr 0xdeadbeef]");
    }

    @Test
    void msrIndices_containTheSystemCallEntry() {
        assertThat(kvm.msrIndices()).contains(MSR_LSTAR, MSR_KERNEL_GS_BASE).doesNotContain(MSR_NONE);
    }

    @Test
    void cpuid_set_isReadBack() {
        List<CpuidEntry> entries = vcpu.cpuid();

        assertThat(entries).isNotEmpty();
        assertThat(entries.stream().filter(e -> e.function() == 0).findFirst())
                .isEqualTo(kvm.supportedCpuid().stream()
                        .filter(e -> e.function() == 0)
                        .findFirst());
    }

    @Test
    void restore_afterTheGuestRan_bringsEverythingBack() {
        // 48 ff c3  inc rbx
        // e6 10     out 0x10, al
        guest.user("48 ff c3 e6 10");
        KvmVcpuState before = vcpu.save(kvm.msrIndices());
        assertThat(vcpu.run()).isEqualTo(ExitReason.PIO);
        vcpu.kick();
        // Completes the access, so that nothing of it is left in the vCPU.
        assertThat(vcpu.run()).isEqualTo(ExitReason.INTERRUPTED);
        long ranTo = new KvmRegisters().load(vcpu).rip();
        vcpu.setMsrs(List.of(new MsrValue(MSR_LSTAR, 0x9999)));

        vcpu.restore(before);
        KvmVcpuState after = vcpu.save(kvm.msrIndices());

        assertThat(ranTo).isEqualTo(TinyGuest.CODE + 5);
        assertThat(after.blocks().keySet()).isEqualTo(before.blocks().keySet());
        for (VcpuBlock block : before.blocks().keySet()) {
            assertThat(after.blocks().get(block))
                    .as(block.name())
                    .isEqualTo(before.blocks().get(block));
        }
        assertThat(after.msrs()).contains(new MsrValue(MSR_LSTAR, 0));
        assertThat(vcpu.run()).isEqualTo(ExitReason.PIO);
        assertThat(new KvmRegisters().load(vcpu).rbx()).isEqualTo(TinyGuest.MMIO + 1);
    }

    @Test
    void save_completeHost_hasTheNewestOfEachPart() {
        Set<VcpuBlock> expected = EnumSet.copyOf(writableBlocks());
        expected.removeAll(Set.of(VcpuBlock.SPECIAL_REGISTERS, VcpuBlock.XSAVE, VcpuBlock.FPU));

        assertThat(vcpu.save(List.of()).blocks().keySet()).isEqualTo(expected);
    }

    @Test
    void save_hostWithoutNewerCalls_usesTheOlderOnesAndRestoresFromThem() {
        reopenWithout(KvmCap.KVM_CAP_SREGS2, KvmCap.KVM_CAP_XSAVE2);
        guest.user("e6 10");

        KvmVcpuState state = vcpu.save(kvm.msrIndices());
        new KvmRegisters().rip(0).store(vcpu);
        vcpu.restore(state);

        assertThat(state.blocks()).containsKeys(VcpuBlock.SPECIAL_REGISTERS, VcpuBlock.XSAVE);
        assertThat(state.blocks()).doesNotContainKeys(VcpuBlock.SPECIAL_REGISTERS_2, VcpuBlock.XSAVE_2);
        assertThat(vcpu.run()).isEqualTo(ExitReason.PIO);
    }

    @Test
    void save_hostWithoutXsaveAndDebugRegisters_leavesThemOutAndRestores() {
        reopenWithout(KvmCap.KVM_CAP_XSAVE, KvmCap.KVM_CAP_XCRS, KvmCap.KVM_CAP_DEBUGREGS, KvmCap.KVM_CAP_VCPU_EVENTS);
        guest.user("e6 10");

        KvmVcpuState state = vcpu.save(kvm.msrIndices());
        new KvmRegisters().rip(0).store(vcpu);
        vcpu.restore(state);

        assertThat(state.blocks()).containsKey(VcpuBlock.FPU);
        assertThat(state.blocks()).doesNotContainKeys(VcpuBlock.XSAVE_2, VcpuBlock.DEBUG_REGISTERS, VcpuBlock.EVENTS);
        assertThat(vcpu.run()).isEqualTo(ExitReason.PIO);
    }

    @Test
    void save_noIrqchip_leavesTheLocalApicOut() {
        try (TinyGuest bare = new TinyGuest(kvm)) {
            KvmVcpuState state = bare.vcpu().save(List.of());

            assertThat(state.blocks()).doesNotContainKey(VcpuBlock.LAPIC);
        }
    }

    @Test
    void setClock_goesOnFromThere() {
        long hour = 3_600_000_000_000L;

        guest.vm().setClock(hour);
        KvmClock clock = guest.vm().clock();

        assertThat(clock.nanos()).isBetween(hour, 2 * hour);
        assertThat(clock.hasHostTime()).isEqualTo(clock.realtime() != 0);
    }

    @Test
    void tscKhz_isTheHostsAndCanBeSetToItself() {
        int khz = vcpu.tscKhz();

        assertThat(khz).isBetween(100_000, 10_000_000);
        assertThat(vcpu.setTscKhz(khz)).isTrue();
        assertThat(vcpu.tscKhz()).isEqualTo(khz);
    }

    @Test
    void setTscKhz_hostWithoutControl_saysSo() {
        reopenWithout(KvmCap.KVM_CAP_VM_TSC_CONTROL, KvmCap.KVM_CAP_GET_TSC_KHZ);

        assertThat(guest.vm().setTscKhz(1_000_000)).isFalse();
        assertThat(vcpu.tscKhz()).isZero();
    }

    @Test
    void tscOffset_withTheHostsTsc_makesTheGuests() {
        OptionalLong offset = vcpu.tscOffset();
        guest.vm().setClock(0); // KVM sees to it then that its own clock follows the TSC
        KvmClock before = guest.vm().clock();
        assumeTrue(offset.isPresent() && before.hasHostTime(), "a host whose own clock is its TSC");

        long tsc = vcpu.msrs(List.of(0x10)).getFirst().value();

        assertThat(tsc - offset.getAsLong())
                .isBetween(before.hostTsc(), guest.vm().clock().hostTsc());
    }

    @Test
    void tscOffset_hostWithoutAttributes_isEmpty() {
        reopenWithout(KvmCap.KVM_CAP_VCPU_ATTRIBUTES);

        assertThat(vcpu.tscOffset()).isEmpty();
    }

    /** By its clock, when it goes on. */
    @Test
    void announcePause_guestWithThatClock_isTold() {
        // e6 10     out 0x10, al
        // e6 10     out 0x10, al
        guest.user("e6 10 e6 10");
        assertThat(vcpu.announcePause()).isFalse();

        long flags = TinyGuest.STACK + PVCLOCK_FLAGS;
        vcpu.setMsrs(List.of(new MsrValue(MSR_KVM_SYSTEM_TIME_NEW, TinyGuest.STACK | 1)));
        assertThat(vcpu.run()).isEqualTo(ExitReason.PIO);
        assertThat(guest.memory().getByte(flags) & PVCLOCK_GUEST_STOPPED).isZero();
        assertThat(vcpu.announcePause()).isTrue();
        assertThat(vcpu.run()).isEqualTo(ExitReason.PIO);
        assertThat(guest.memory().getByte(flags) & PVCLOCK_GUEST_STOPPED).isEqualTo(PVCLOCK_GUEST_STOPPED);
    }

    @Test
    void limitHaltPolling_takesABound() {
        assertThat(guest.vm().limitHaltPolling(Duration.ofNanos(200_000))).isTrue();

        reopenWithout(KvmCap.KVM_CAP_HALT_POLL);
        assertThat(guest.vm().limitHaltPolling(Duration.ofNanos(200_000))).isFalse();
    }

    @Test
    void disableExits_leavesOutWhatTheHostDoesNotHave() {
        try (KvmVm vm = kvm.createVm("exits")) {
            int all = KvmDisabledExits.HLT | KvmDisabledExits.PAUSE | KvmDisabledExits.MWAIT | KvmDisabledExits.CSTATE;

            assertThat(vm.disableExits(all)).isEqualTo(vm.extension(KvmCap.KVM_CAP_X86_DISABLE_EXITS) & all);
        }
        reopenWithout(KvmCap.KVM_CAP_X86_DISABLE_EXITS);
        try (KvmVm vm = kvm.createVm("exits")) {
            assertThat(vm.disableExits(KvmDisabledExits.HLT)).isZero();
        }
    }

    @Test
    void enable_capabilityTheHostDoesNotKnow_isRefusedWithItsArguments() {
        assertThatThrownBy(() -> guest.vm().enable(KvmCap.KVM_CAP_USER_MEMORY, 1, 2))
                .hasMessage("KVM_ENABLE_CAP failed: EINVAL (22) [KVM_CAP_USER_MEMORY args=[1, 2]]");
        assertThatThrownBy(() -> guest.vm().enable(KvmCap.KVM_CAP_USER_MEMORY, 1, 2, 3, 4, 5))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
