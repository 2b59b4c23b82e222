// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.microlith.kvm.abi.KvmCap;
import io.microlith.kvm.testkit.Cycles;
import io.microlith.kvm.testkit.HostResources;
import io.microlith.kvm.testkit.TinyGuest;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.ExitReason;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.memory.MappedMemory;
import io.microlith.vmm.memory.PageBacking;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What VMs leave behind: nothing; and what exits cost the heap: nothing. */
@RequiresKvm
class LifetimeKvmIT {
    private static final int CYCLES = 10_000;

    private static void cycle(KvmHypervisor kvm) {
        try (TinyGuest guest = new TinyGuest(kvm, KvmVm::createIrqchip)) {
            // The kernel's side of the vCPU comes into being with its first entry.
            guest.vcpu().kick();
            if (guest.vcpu().run() != ExitReason.INTERRUPTED) {
                throw new AssertionError("a kicked vCPU ran");
            }
        }
    }

    @Test
    void close_afterTenThousandCycles_leavesNothing() throws Exception {
        try (KvmHypervisor kvm = KvmHypervisor.open()) {
            Cycles.of(CYCLES).expectNothingLeft(() -> cycle(kvm));
        }
    }

    @Test
    void close_vmBeforeItsVcpu_leavesNothing() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                MappedMemory memory =
                        MappedMemory.map("order", List.of(new AddressRange(0, 1 << 20)), PageBacking.SMALL)) {
            HostResources before = HostResources.now();

            KvmVm vm = kvm.createVm("order");
            vm.attachMemory(memory.memory());
            KvmVcpu vcpu = vm.createVcpu(0);
            vm.close();
            vcpu.close();
            vcpu.close();
            vm.close();

            before.expectUnchanged();
        }
    }

    @Test
    void createVcpu_sameIndexTwice_isRefusedAndLeavesNothing() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm)) {
            HostResources before = HostResources.now();

            for (int i = 0; i < 100; i++) {
                assertThatThrownBy(() -> guest.vm().createVcpu(0))
                        .isInstanceOf(KvmException.class)
                        .hasMessage("KVM_CREATE_VCPU failed: EEXIST (17) [vm=tiny vcpu=0]");
            }

            before.expectUnchanged();
        }
    }

    @Test
    void open_missingCapability_leavesNothing() {
        HostResources before = HostResources.now();

        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> KvmHypervisor.open(KvmHypervisor.DEVICE, Set.of(KvmCap.KVM_CAP_IRQCHIP)))
                    .hasMessageContaining("KVM_CAP_IRQCHIP");
        }

        before.expectUnchanged();
    }

    @Test
    void createVm_hypervisorClosed_isAnError() {
        KvmHypervisor kvm = KvmHypervisor.open();
        kvm.close();

        assertThatThrownBy(() -> kvm.createVm("late")).hasMessage("KVM_CREATE_VM failed: EBADF (9) [vm=late]");
    }

    @Test
    void close_ofHypervisor_leavesItsVmsAlone() {
        KvmHypervisor kvm = KvmHypervisor.open();
        try (TinyGuest guest = new TinyGuest(kvm)) {
            kvm.close();
            guest.user("e6 10");

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);
        }
    }

    @Test
    void run_portWrites_allocateNothing() {
        // e6 10  out 0x10, al
        // eb fc  jmp -4
        assertAllocatesNothing("e6 10 eb fc", ExitReason.PIO, Set.of());
    }

    @Test
    void run_memoryReads_allocateNothing() {
        // 8b 03  mov eax, [rbx]
        // eb fc  jmp -4
        assertAllocatesNothing("8b 03 eb fc", ExitReason.MMIO, Set.of());
    }

    /** Once all is compiled: until then the interpreter boxes what the compiler does not. */
    private static void assertAllocatesNothing(String code, ExitReason expected, Set<KvmCap> hidden) {
        int exits = 20_000;
        int rounds = 20;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (KvmHypervisor kvm = KvmHypervisor.open(KvmHypervisor.DEVICE, hidden);
                TinyGuest guest = new TinyGuest(kvm)) {
            guest.user(code);
            List<Long> allocated = new ArrayList<>();
            do {
                long before = threads.getCurrentThreadAllocatedBytes();
                serve(guest.vcpu(), exits, expected);
                allocated.add(threads.getCurrentThreadAllocatedBytes() - before);
            } while (allocated.getLast() != 0 && allocated.size() < rounds);
            assertThat(allocated.getLast())
                    .as("bytes allocated in each %d exits of kind %s: %s", exits, expected, allocated)
                    .isZero();
        }
    }

    private static long serve(KvmVcpu vcpu, int exits, ExitReason expected) {
        long sum = 0;
        for (int i = 0; i < exits; i++) {
            if (vcpu.run() != expected) {
                throw new AssertionError("another exit came");
            }
            sum += vcpu.exit().address() + vcpu.exit().size();
            if (vcpu.exit().isWrite()) {
                sum += vcpu.exit().data(0);
            } else {
                vcpu.exit().respond(0, sum);
            }
        }
        return sum;
    }
}
