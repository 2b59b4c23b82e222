// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.kvm.KvmHypervisor;
import io.microlith.kvm.abi.KvmCap;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.WriteTracking;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.memory.Size;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A whole machine on hosts that lack something: each capability that is not needed, one at a time, and all of them. It
 * runs, rings a device, is reset, saved, restored and ended, as on any host, but for the one capability without which
 * no machine is restored. The rig boots a Linux in the same way.
 */
@RequiresKvm
@Timeout(120)
class LackingHostKvmIT {
    private static final Size MEMORY = Size.mebibytes(16);
    private static final int DOORBELL = 0x518;
    private static final int STATUS = 9;

    /** What the guest finds at its port. */
    private static final int GO_ON = 0;

    private static final int RESET = 1;
    private static final int END = 2;

    // 66 ba 18 05  mov dx, 0x518
    // ee           out dx, al
    // ff 04 25 00 00 20 00  inc dword [0x200000]
    // 66 ba 10 05  mov dx, 0x510
    // ec           in al, dx
    // 3c 01        cmp al, 1
    // 74 08        je +8
    // 72 e9        jb to the beginning
    // b0 09        mov al, 9
    // e6 f4        out 0xf4, al
    // eb fe        jmp $
    // 66 ba f9 0c  mov dx, 0xcf9
    // b0 06        mov al, 6
    // ee           out dx, al
    // eb fe        jmp $
    private static final UserCode ASKER = new UserCode(
            "66ba1805 ee ff042500002000 66ba1005 ec 3c01 7408 72e9" + "b009 e6f4 ebfe 66baf90c b006 ee ebfe");

    static Stream<Set<KvmCap>> lacks() {
        Set<KvmCap> optional = EnumSet.complementOf(EnumSet.copyOf(KvmHypervisor.required()));
        return Stream.concat(Stream.of(optional), optional.stream().map(Set::of));
    }

    /** Asks the test what to do, over and over. */
    private static final class Orders implements PioDevice {
        private final Semaphore asked = new Semaphore(0);
        private volatile int order = GO_ON;

        @Override
        public int read(int offset, int size) {
            int now = order;
            // One reset is enough.
            order = now == RESET ? GO_ON : now;
            if (asked.availablePermits() < 2) {
                asked.release();
            }
            return now;
        }

        @Override
        public void write(int offset, int size, int value) {}

        /** Waits until the guest has asked once more, and once after that. */
        void await() throws InterruptedException {
            asked.drainPermits();
            assertThat(asked.tryAcquire(2, 60, TimeUnit.SECONDS)).isTrue();
        }

        void give(int next) throws InterruptedException {
            order = next;
            if (next != END) {
                await();
            }
        }
    }

    private static void expectRung(Vm vm, Orders orders) throws InterruptedException {
        Notifier doorbell = Notifier.create();
        try (Registration _ = vm.hypervisorVm().bind(IoEvent.pio(DOORBELL, 1), doorbell)) {
            orders.await();
            assertThat(doorbell.drain()).isTrue();
        } finally {
            doorbell.close();
        }
    }

    private static VmOutcome end(Vm vm, Orders orders) throws InterruptedException {
        orders.give(END);
        return vm.outcome().toCompletableFuture().join();
    }

    @ParameterizedTest
    @MethodSource("lacks")
    void run_hostLacksSomething_isAMachineLikeAnyOther(Set<KvmCap> hidden) throws InterruptedException {
        try (KvmHypervisor kvm = KvmHypervisor.open(KvmHypervisor.DEVICE, hidden)) {
            SavedMachine saved = lifeOf(kvm);
            if (hidden.contains(KvmCap.KVM_CAP_ADJUST_CLOCK)) {
                // Its clock would begin anew. That is no life for a guest, and is said beforehand.
                assertThatExceptionOfType(ConfigException.class)
                        .isThrownBy(() -> VmBuilder.on(kvm).restore(saved).build())
                        .withMessageContaining("KVM_CAP_ADJUST_CLOCK: the guest's clock goes on from where it was");
            } else {
                expectToGoOn(kvm, saved);
            }
        }
    }

    private static void expectToGoOn(KvmHypervisor kvm, SavedMachine saved) throws InterruptedException {
        Orders orders = new Orders();
        try (Vm again = VmBuilder.on(kvm).restore(saved).pio(0x510, 1, orders).build()) {
            again.start();
            expectRung(again, orders);

            assertThat(end(again, orders)).isEqualTo(new VmOutcome.Exited(STATUS));
        }
    }

    private static SavedMachine lifeOf(KvmHypervisor kvm) throws InterruptedException {
        Orders orders = new Orders();
        try (Vm vm = VmBuilder.on(kvm)
                .memory(MEMORY)
                .trackWrites(WriteTracking.LOG)
                .boot(ASKER)
                .pio(0x510, 1, orders)
                .build()) {
            vm.start();
            expectRung(vm, orders);
            orders.give(RESET);
            expectRung(vm, orders);
            UUID moment = UUID.randomUUID();
            try (FrozenVm frozen = vm.freeze()) {
                frozen.mark(moment);
            }
            orders.await();
            try (FrozenVm frozen = vm.freeze()) {
                assertThat(frozen.changedSince(moment))
                        .hasValueSatisfying(
                                pages -> assertThat(pages.get(0x200)).isTrue());
            }
            SavedMachine saved = SavedMachine.of(vm);

            assertThat(end(vm, orders)).isEqualTo(new VmOutcome.Exited(STATUS));
            return saved;
        }
    }
}
