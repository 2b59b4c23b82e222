// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.board.state.ProcessorState;
import io.microlith.kvm.KvmHypervisor;
import io.microlith.kvm.MsrValue;
import io.microlith.kvm.VmBlock;
import io.microlith.kvm.abi.KvmCap;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.HostDifference;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.Size;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A saved machine on this host, and what is said of one that was saved on another. */
@RequiresKvm
class RestoreKvmIT {
    private static final Size MEMORY = Size.mebibytes(16);
    private static final int AES = 1 << 25;

    /** Where a chip begins in struct kvm_irqchip. */
    private static final int CHIP = 8;

    /** The size of struct kvm_pit_channel_state. */
    private static final int CHANNEL = 24;

    /** The third channel. */
    private static final int SPEAKER = 2 * CHANNEL;

    /** Of CPUID 0x7, EBX: Intel took the instruction back before any processor had it. */
    private static final int PCOMMIT = 1 << 22;

    private KvmHypervisor kvm;

    @BeforeEach
    void open() {
        kvm = KvmHypervisor.open();
    }

    @AfterEach
    void close() {
        kvm.close();
    }

    private SavedMachine saved() {
        try (Vm vm = VmBuilder.on(kvm).memory(MEMORY).boot(UserCode.LOOP).build()) {
            vm.start();
            return SavedMachine.of(vm);
        }
    }

    private List<HostDifference> differences(SavedMachine saved) {
        return new PcBoard().differences(kvm, saved.state());
    }

    private SavedMachine savedAgain(SavedMachine first) {
        assertThat(differences(first)).isEmpty();
        try (Vm vm = VmBuilder.on(kvm).restore(first).build()) {
            vm.start();
            return SavedMachine.of(vm);
        }
    }

    @Test
    void restore_sameHost_clocksGoOnTogether() {
        SavedMachine first = saved();

        SavedMachine second = savedAgain(first);

        // Linux does not trust the TSC any more beyond half a millisecond.
        assertThat(first.vcpu().time().lateness(second.vcpu().time())).isBetween(-400_000L, 400_000L);
    }

    @Test
    void restore_sameHost_cpuidIsTheSame() {
        SavedMachine first = saved();

        assertThat(first.vcpu().cpuid()).isNotEmpty();
        assertThat(savedAgain(first).vcpu().cpuid()).isEqualTo(first.vcpu().cpuid());
    }

    /** What a guest can have made of the chips is there again; offsets are those of asm/kvm.h. */
    @Test
    void restore_chipsInUse_areAsTheyWere() {
        SavedMachine fresh = saved();
        Map<VmBlock, byte[]> used = fresh.chips();
        for (VmBlock block : List.of(VmBlock.PIC_PRIMARY, VmBlock.PIC_SECONDARY)) {
            ByteBuffer pic = struct(used, block);
            // struct kvm_pic_state: imr, irq_base, auto_eoi, rotate_on_auto_eoi, special_fully_nested_mode, elcr.
            pic.put(CHIP + 2, (byte) 0x55).put(CHIP + 5, (byte) 0x30).put(CHIP + 10, (byte) 1);
            pic.put(CHIP + 11, (byte) 1).put(CHIP + 12, (byte) 1).put(CHIP + 14, (byte) 0x08);
        }
        // struct kvm_ioapic_state: the selected register, the id, and what goes where for input 5, level and masked.
        struct(used, VmBlock.IO_APIC)
                .putInt(CHIP + 8, 0x1a)
                .putInt(CHIP + 12, 0x0300_0000)
                .putLong(CHIP + 24 + 5 * Long.BYTES, 0x0200_0000_0001_8035L);
        // struct kvm_pit_channel_state of the speaker's: a count, both halves of it, a square wave, open.
        struct(used, VmBlock.PIT)
                .putInt(SPEAKER, 0x1234)
                .put(SPEAKER + 12, (byte) 3)
                .put(SPEAKER + 13, (byte) 3);
        struct(used, VmBlock.PIT).put(SPEAKER + 15, (byte) 1);

        Map<VmBlock, byte[]> again = savedAgain(fresh.withChips(used)).chips();

        assertThat(used.get(VmBlock.PIC_PRIMARY)).isNotEqualTo(fresh.chips().get(VmBlock.PIC_PRIMARY));
        for (int channel = 0; channel < 3; channel++) {
            // count_load_time, of this host's clock.
            struct(used, VmBlock.PIT).putLong(channel * CHANNEL + 16, 0);
            struct(again, VmBlock.PIT).putLong(channel * CHANNEL + 16, 0);
        }
        used.forEach(
                (block, bytes) -> assertThat(again.get(block)).as("%s", block).isEqualTo(bytes));
    }

    private static ByteBuffer struct(Map<VmBlock, byte[]> chips, VmBlock block) {
        return ByteBuffer.wrap(Objects.requireNonNull(chips.get(block))).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void restore_guestWasToldLess_isToldNoMore() {
        SavedMachine fresh = saved();
        SavedMachine less = fresh.withCpuid(0x1, leaf -> leaf.withEax(0x1234).withEcx(leaf.ecx() & ~AES));

        assertThat(less.vcpu().cpuid()).isNotEqualTo(fresh.vcpu().cpuid());
        assertThat(savedAgain(less).vcpu().cpuid()).isEqualTo(less.vcpu().cpuid());
    }

    @Test
    void restore_savedBeforeCpuidWas_hasThatOfANewMachine() {
        SavedMachine fresh = saved();
        SavedMachine old = fresh.with(vcpu -> new ProcessorState(vcpu.blocks(), vcpu.msrs(), vcpu.time(), List.of()));

        assertThat(savedAgain(old).vcpu().cpuid()).isEqualTo(fresh.vcpu().cpuid());
    }

    @Test
    void restore_registersThatThisHostLacks_matterIfTheyWereUsed() {
        SavedMachine fresh = saved();
        SavedMachine unused = fresh.with(vcpu -> withMsr(vcpu, 0));

        assertThat(savedAgain(unused).vcpu().msrs()).doesNotContain(new MsrValue(0x1234_5678, 0));
        assertThat(differences(fresh.with(vcpu -> withMsr(vcpu, 1))))
                .extracting(HostDifference::name)
                .containsExactly("MSR 0x12345678");
    }

    private static ProcessorState withMsr(ProcessorState vcpu, long value) {
        List<MsrValue> msrs = new ArrayList<>(vcpu.msrs());
        msrs.add(new MsrValue(0x1234_5678, value));
        return new ProcessorState(vcpu.blocks(), msrs, vcpu.time(), vcpu.cpuid());
    }

    @Test
    void restore_featuresThatThisHostLacks_areAllNamedInOneError() {
        SavedMachine other = saved().withCpuid(0x7, leaf -> leaf.withEbx(leaf.ebx() | PCOMMIT))
                .withCpuid(0x0, leaf -> leaf.withEbx(0))
                .with(vcpu -> withMsr(vcpu, 9));

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> VmBuilder.on(kvm).restore(other).build().close())
                .withMessageContaining("restore: the machine that was saved cannot go on on this host:")
                .withMessageContaining("\n  vendor (CPUID 0x0): ")
                .withMessageContaining("\n  pcommit (CPUID 0x7.0 EBX bit 22): the guest has it; this host does not")
                .withMessageContaining("\n  MSR 0x12345678: the guest has 0x9 in it");
    }

    @Test
    void restore_anotherSpeed_isScaledOrRefusedWithBoth() {
        int here = kvm.tscKhz();
        SavedMachine slower = saved().withSpeed(here / 2);
        if (kvm.extension(KvmCap.KVM_CAP_TSC_CONTROL) > 0) {
            assertThat(savedAgain(slower).vcpu().time().khz()).isEqualTo(here / 2);
            return;
        }

        assertThat(differences(slower))
                .singleElement()
                .satisfies(found -> assertThat(found.toString()).contains(here + " kHz", here / 2 + " kHz"));
    }
}
