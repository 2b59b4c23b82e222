// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.board.boot.CpuMode;
import io.microlith.board.boot.FlatImage;
import io.microlith.kvm.KvmHypervisor;
import io.microlith.kvm.testkit.Cycles;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Machines that an embedder makes, runs and ends, many times over. */
@RequiresKvm
class MachineLifetimeKvmIT {
    /** Where a machine takes long, fewer of them have to do: that is so on an emulated processor alone. */
    private static final Cycles MANY = new Cycles(10_000, 200, Duration.ofSeconds(60));

    private static final int RACES = 500;

    /** {@code mov al, 3; out 0xf4, al}. */
    private static final FlatImage GUEST = flat("b003e6f4");

    /** {@code in al, 0x99; jmp -4}: in the guest, on its way out, with a device that is not there, and back. */
    private static final FlatImage RESTLESS = flat("e499ebfc");

    private static FlatImage flat(String code) {
        return FlatImage.of(HexFormat.of().parseHex(code)).mode(CpuMode.LONG_64_USER);
    }

    private static void cycle(KvmHypervisor kvm) {
        try (Vm vm = VmBuilder.on(kvm).boot(GUEST).build()) {
            if (!vm.run().equals(new VmOutcome.Exited(3))) {
                throw new AssertionError("the guest did not end as it wanted to");
            }
        }
    }

    @Test
    void close_afterManyMachines_leavesNothing() throws Exception {
        try (KvmHypervisor kvm = KvmHypervisor.open()) {
            MANY.expectNothingLeft(() -> cycle(kvm));
        }
    }

    /** Whatever the vCPU is at: before its first entry, in the guest, in an exit, on its way back. */
    @Test
    void interrupt_atAnyMoment_endsTheMachine() throws Exception {
        Random random = new Random(7);
        long longest = 0;
        try (KvmHypervisor kvm = KvmHypervisor.open()) {
            for (int i = 0; i < RACES; i++) {
                long delay = random.nextInt(3_000_000);
                try (Vm vm = VmBuilder.on(kvm).boot(RESTLESS).build()) {
                    vm.start();
                    LockSupport.parkNanos(delay);
                    long asked = System.nanoTime();

                    vm.interrupt();

                    assertThat(vm.outcome().toCompletableFuture().get(10, TimeUnit.SECONDS))
                            .isEqualTo(new VmOutcome.Interrupted());
                    longest = Math.max(longest, System.nanoTime() - asked);
                }
            }
        }
        System.out.printf("the longest of %d interruptions took %.1f ms%n", RACES, longest / 1e6);
    }
}
