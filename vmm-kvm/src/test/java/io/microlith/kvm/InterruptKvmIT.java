// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.kvm.abi.KvmCap;
import io.microlith.kvm.abi.KvmIrqchipLayout;
import io.microlith.kvm.abi.KvmVcpuEventsLayout;
import io.microlith.kvm.testkit.TinyGuest;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.ExitReason;
import io.microlith.vmm.error.HypervisorException;
import io.microlith.vmm.event.InterruptLine;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Interrupts on their way to a vCPU: lines, messages, notifiers and routes. */
@RequiresKvm
class InterruptKvmIT {
    private static final int VECTOR = 0x42;
    private static final int GSI = 4;

    /** Where messages to the local APIC with id 0 go (Intel SDM volume 3, 12.11.1). */
    private static final long MSI_ADDRESS = 0xfee0_0000L;

    private static final int APIC_ON = 1 << 8;
    private static final long LEVEL = 1 << 15;

    /** Where the redirection table of {@code struct kvm_ioapic_state} begins, with 8 bytes a pin. */
    private static final int REDIRECTION_TABLE = (int) KvmIrqchipLayout.CHIP + 24;

    /** Where the levels of its inputs are. */
    private static final int LEVELS = (int) KvmIrqchipLayout.CHIP + 16;

    private static boolean isHigh(KvmVm vm, int pin) {
        int levels = ByteBuffer.wrap(vm.get(VmBlock.IO_APIC))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt(LEVELS);
        return (levels >> pin & 1) != 0;
    }

    private static TinyGuest withIrqchip(KvmHypervisor kvm) {
        TinyGuest guest = new TinyGuest(kvm, KvmVm::createIrqchip);
        switchApicOn(guest.vcpu());
        return guest;
    }

    private static void switchApicOn(KvmVcpu vcpu) {
        KvmLapic apic = new KvmLapic().load(vcpu);
        apic.register(KvmLapic.SPURIOUS, apic.register(KvmLapic.SPURIOUS) | APIC_ON)
                .store(vcpu);
    }

    private static void redirect(KvmVm vm, int pin, long entry) {
        byte[] state = vm.get(VmBlock.IO_APIC);
        ByteBuffer.wrap(state).order(ByteOrder.LITTLE_ENDIAN).putLong(REDIRECTION_TABLE + 8 * pin, entry);
        vm.set(VmBlock.IO_APIC, state);
    }

    private static boolean isRequested(TinyGuest guest) {
        return new KvmLapic().load(guest.vcpu()).isRequested(VECTOR);
    }

    /** What the kernel or another thread does of its own accord takes a moment. */
    private static boolean within10Seconds(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.onSpinWait();
        }
        return true;
    }

    @Test
    void trigger_ofLine_requestsThePinsVector() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = withIrqchip(kvm)) {
            redirect(guest.vm(), GSI, VECTOR);
            assertThat(isRequested(guest)).isFalse();

            guest.vm().interruptLine(GSI).trigger();

            assertThat(isRequested(guest)).isTrue();
        }
    }

    @Test
    void setLevel_sharedInput_isHighWhileAnyLineIs() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = withIrqchip(kvm)) {
            KvmVm vm = guest.vm();
            redirect(vm, GSI, VECTOR | LEVEL);
            InterruptLine one = vm.interruptLine(GSI);
            InterruptLine other = vm.interruptLine(GSI);

            one.setLevel(true);
            other.setLevel(true);
            one.setLevel(false);
            one.setLevel(false);

            assertThat(isHigh(vm, GSI)).isTrue();
            other.setLevel(false);
            assertThat(isHigh(vm, GSI)).isFalse();
        }
    }

    @Test
    void trigger_closedVm_doesNothing() {
        try (KvmHypervisor kvm = KvmHypervisor.open()) {
            InterruptLine line;
            try (TinyGuest guest = withIrqchip(kvm)) {
                line = guest.vm().interruptLine(GSI);
            }

            line.trigger();

            assertThat(line).isNotNull();
        }
    }

    @Test
    void trigger_noIrqchip_isAnErrorThatNamesTheInput() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm)) {
            assertThatThrownBy(() -> guest.vm().interruptLine(GSI).trigger())
                    .isInstanceOf(KvmException.class)
                    .hasMessage("KVM_IRQ_LINE failed: ENXIO (6) [gsi=4]");
        }
    }

    @Test
    void signal_ofMessage_requestsItsVector() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = withIrqchip(kvm)) {
            guest.vm().msiVector(MSI_ADDRESS, VECTOR).signal();

            assertThat(isRequested(guest)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bind_notifierToInput_ringingRequestsItsVector(boolean complete) {
        Set<KvmCap> hidden = complete ? Set.of() : Set.of(KvmCap.KVM_CAP_IRQFD);
        try (KvmHypervisor kvm = KvmHypervisor.open(KvmHypervisor.DEVICE, hidden);
                TinyGuest guest = withIrqchip(kvm);
                Notifier notifier = Notifier.create();
                Registration bound = guest.vm().bind(GSI, notifier)) {
            redirect(guest.vm(), GSI, VECTOR);

            notifier.signal();

            assertThat(within10Seconds(() -> isRequested(guest))).isTrue();
            assertThat(bound).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void close_ofBinding_ringingRequestsNothing(boolean complete) {
        Set<KvmCap> hidden = complete ? Set.of() : Set.of(KvmCap.KVM_CAP_IRQFD);
        try (KvmHypervisor kvm = KvmHypervisor.open(KvmHypervisor.DEVICE, hidden);
                TinyGuest guest = withIrqchip(kvm);
                Notifier notifier = Notifier.create()) {
            redirect(guest.vm(), GSI, VECTOR);
            guest.vm().bind(GSI, notifier).close();

            notifier.signal();

            // Nobody takes it: it is still there.
            assertThat(notifier.drain()).isTrue();
            assertThat(isRequested(guest)).isFalse();
        }
    }

    @Test
    void setRoutes_inputToMessage_ringingSendsIt() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = withIrqchip(kvm);
                Notifier notifier = Notifier.create();
                Registration bound = guest.vm().bind(24, notifier)) {
            guest.vm()
                    .setRoutes(List.of(
                            new IrqRoute.Pin(GSI, IrqRoute.Chip.IO_APIC, GSI),
                            new IrqRoute.Pin(GSI, IrqRoute.Chip.PIC_PRIMARY, GSI),
                            new IrqRoute.Msi(24, MSI_ADDRESS, VECTOR)));

            notifier.signal();

            assertThat(within10Seconds(() -> isRequested(guest))).isTrue();
            assertThat(bound).isNotNull();
        }
    }

    @Test
    void setRoutes_moreThanOneMessageForAnInput_isRefused() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = withIrqchip(kvm)) {
            List<IrqRoute> twice =
                    List.of(new IrqRoute.Msi(24, MSI_ADDRESS, VECTOR), new IrqRoute.Msi(24, MSI_ADDRESS, VECTOR + 1));

            assertThatThrownBy(() -> guest.vm().setRoutes(twice))
                    .hasMessage("KVM_SET_GSI_ROUTING failed: EINVAL (22) [nr=2]");
        }
    }

    @Test
    void run_haltedGuest_takesTheInterruptAndResamplesAtItsEnd() {
        // fb                             sti
        // f4                             hlt
        // eb fc                          jmp -4
        // c7 83 b0 00 00 00 00 00 00 00  mov dword ptr [rbx+0xb0], 0   end of interrupt
        // e6 10                          out 0x10, al
        // 48 cf                          iretq
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = withIrqchip(kvm);
                Notifier notifier = Notifier.create();
                Notifier resample = Notifier.create();
                Registration bound = guest.vm().bindLevel(GSI, notifier, resample)) {
            // Not to the 8259A as well, which nobody has set up.
            guest.vm().setRoutes(List.of(new IrqRoute.Pin(GSI, IrqRoute.Chip.IO_APIC, GSI)));
            redirect(guest.vm(), GSI, VECTOR | LEVEL);
            guest.supervisor("fb f4 eb fc c7 83 b0 00 00 00 00 00 00 00 e6 10 48 cf")
                    .interruptGate(VECTOR, TinyGuest.CODE + 4)
                    .registers(r -> r.rbx(MSI_ADDRESS));
            notifier.signal();

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);

            assertThat(guest.vcpu().exit().address()).isEqualTo(0x10);
            assertThat(resample.drain()).isTrue();
            assertThat(isRequested(guest)).isFalse();
            assertThat(bound).isNotNull();
        }
    }

    @Test
    void bindLevel_hostWithoutIt_saysWhatToUse() {
        try (KvmHypervisor kvm = KvmHypervisor.open(KvmHypervisor.DEVICE, Set.of(KvmCap.KVM_CAP_IRQFD_RESAMPLE));
                TinyGuest guest = withIrqchip(kvm);
                Notifier notifier = Notifier.create()) {
            assertThatThrownBy(() -> guest.vm().bindLevel(GSI, notifier, notifier))
                    .isInstanceOf(HypervisorException.class)
                    .hasMessage("this host's KVM lacks KVM_CAP_IRQFD_RESAMPLE: use the interrupt's line");
        }
    }

    @Test
    void createSplitIrqchip_apicIsThereAndTheIoApicIsNot() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm, vm -> vm.createSplitIrqchip(24));
                Notifier notifier = Notifier.create()) {
            switchApicOn(guest.vcpu());
            guest.vm().setRoutes(List.of(new IrqRoute.Msi(GSI, MSI_ADDRESS, VECTOR)));

            try (Registration bound = guest.vm().bind(GSI, notifier)) {
                notifier.signal();
                assertThat(within10Seconds(() -> isRequested(guest))).isTrue();
                assertThat(bound).isNotNull();
            }

            assertThatThrownBy(() -> guest.vm().get(VmBlock.IO_APIC)).hasMessageContaining("KVM_GET_IRQCHIP failed");
        }
    }

    @Test
    void run_splitIrqchip_endOfLevelInterruptIsAnExit() {
        // The same guest as above: sti; hlt; jmp -4; then the handler.
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm, vm -> vm.createSplitIrqchip(24))) {
            switchApicOn(guest.vcpu());
            int levelTriggered = 1 << 15;
            guest.vm().setRoutes(List.of(new IrqRoute.Msi(GSI, MSI_ADDRESS, VECTOR | levelTriggered)));
            guest.supervisor("fb f4 eb fc c7 83 b0 00 00 00 00 00 00 00 e6 10 48 cf")
                    .interruptGate(VECTOR, TinyGuest.CODE + 4)
                    .registers(r -> r.rbx(MSI_ADDRESS));
            guest.vm().msiVector(MSI_ADDRESS, VECTOR | levelTriggered).signal();

            // A KVM that emulates the handler may get to the port before it looks at the end of the interrupt.
            ExitReason first = guest.vcpu().run();
            if (first == ExitReason.PIO) {
                first = guest.vcpu().run();
            }

            assertThat(first).isEqualTo(ExitReason.END_OF_INTERRUPT);
            assertThat(guest.vcpu().endOfInterrupt()).isEqualTo(VECTOR);
        }
    }

    @Test
    void createSplitIrqchip_hostWithoutIt_saysWhatToUse() {
        try (KvmHypervisor kvm = KvmHypervisor.open(KvmHypervisor.DEVICE, Set.of(KvmCap.KVM_CAP_SPLIT_IRQCHIP));
                KvmVm vm = kvm.createVm("split")) {
            assertThatThrownBy(() -> vm.createSplitIrqchip(24))
                    .isInstanceOf(HypervisorException.class)
                    .hasMessage(
                            "this host's KVM lacks KVM_CAP_SPLIT_IRQCHIP: use the whole interrupt controller in the kernel");
        }
    }

    @Test
    void nmi_isPendingInTheEvents() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = withIrqchip(kvm)) {
            assertThat(guest.vcpu().get(VcpuBlock.EVENTS)[(int) KvmVcpuEventsLayout.NMI_PENDING])
                    .isZero();

            guest.vcpu().nmi();

            assertThat(guest.vcpu().get(VcpuBlock.EVENTS)[(int) KvmVcpuEventsLayout.NMI_PENDING])
                    .isEqualTo((byte) 1);
        }
    }
}
