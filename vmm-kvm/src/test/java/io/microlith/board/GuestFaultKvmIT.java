// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.board.boot.CpuMode;
import io.microlith.board.boot.FlatImage;
import io.microlith.kvm.GuestDebug;
import io.microlith.kvm.HostProfile;
import io.microlith.kvm.KvmHypervisor;
import io.microlith.kvm.KvmKind;
import io.microlith.kvm.KvmVm;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.VcpuFault;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmListener;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.VmState;
import io.microlith.vmm.bus.PioDevice;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a guest can do to itself. Each time it is a value for the embedder: nothing is thrown at it or on any thread,
 * and another VM of the same JVM goes on.
 */
@RequiresKvm
@Timeout(120)
class GuestFaultKvmIT {
    /** {@code mov ebx, 0xd0000000; jmp rbx}, where no memory is. */
    private static final String JUMP_TO_NOWHERE = "bb 00 00 00 d0 ff e3";

    private final Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
    private final Queue<VcpuFault> faults = new ConcurrentLinkedQueue<>();
    private final Queue<String> unmapped = new ConcurrentLinkedQueue<>();
    private final VmListener listener = new VmListener() {
        @Override
        public void onVcpuFailed(VcpuFault fault) {
            faults.add(fault);
        }

        @Override
        public void onUnmappedAccess(String description, long count) {
            unmapped.add(description);
        }

        @Override
        public void onHostError(RuntimeException cause) {
            uncaught.add(cause);
        }
    };

    private Thread.UncaughtExceptionHandler before;
    private KvmHypervisor kvm;
    private Neighbour neighbour;

    @BeforeEach
    void open() throws InterruptedException {
        before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((_, cause) -> uncaught.add(cause));
        kvm = KvmHypervisor.open();
        neighbour = new Neighbour(kvm);
        assertThat(neighbour.isAlive()).isTrue();
    }

    /** The neighbour runs as before, ends as it wants to, and nobody threw anything. */
    @AfterEach
    void expectNeighbourUnhurt() throws InterruptedException {
        try {
            assertThat(neighbour.isAlive()).isTrue();
            assertThat(neighbour.end()).isEqualTo(new VmOutcome.Exited(Neighbour.STATUS));
            assertThat(uncaught).isEmpty();
        } finally {
            neighbour.close();
            kvm.close();
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    private VmBuilder guest(CpuMode mode, String code) {
        byte[] bytes = HexFormat.of().parseHex(code.replace(" ", ""));
        return VmBuilder.on(kvm)
                .id("faulty")
                .boot(FlatImage.of(bytes).mode(mode))
                .listener(listener);
    }

    private static VmOutcome run(VmBuilder builder) {
        try (Vm vm = builder.build()) {
            VmOutcome outcome = vm.run();
            assertThat(vm.outcome().toCompletableFuture()).isCompletedWithValue(outcome);
            return outcome;
        }
    }

    @ParameterizedTest
    @CsvSource({
        // 0f 0b                          ud2, and there is no interrupt table
        "LONG_64, 0f 0b",
        "LONG_64_USER, 0f 0b",
        "PROTECTED_32, 0f 0b",
        // 48 bb 00 00 00 00 ff 7f 00 00  mov rbx, 0x7fff00000000
        // ff e3                          jmp rbx, where no page is
        "LONG_64, 48 bb 00 00 00 00 ff 7f 00 00 ff e3",
        "LONG_64_USER, 48 bb 00 00 00 00 ff 7f 00 00 ff e3",
        // 48 c7 c4 00 00 00 80           mov rsp, 0xffffffff80000000
        // 48 c1 e4 10                    shl rsp, 16
        // 50                             push rax, to an address that is none
        "LONG_64_USER, 48 c7 c4 00 00 00 80 48 c1 e4 10 50",
        // b8 00 00 50 00                 mov eax, 0x500000
        // 0f 22 d8                       mov cr3, rax, where zeros are: no page is mapped any more
        "LONG_64, b8 00 00 50 00 0f 22 d8 90"
    })
    void run_guestFaultsWithoutHandler_isTripleFault(CpuMode mode, String code) {
        VmOutcome outcome = run(guest(mode, code));

        assertThat(outcome).isInstanceOfSatisfying(VmOutcome.TripleFault.class, end -> {
            assertThat(end.fault().reason()).isEqualTo("KVM_EXIT_SHUTDOWN");
            assertThat(end.fault().registers()).contains("rip=");
            assertThat(faults).containsExactly(end.fault());
        });
        assertThat(outcome.exitStatus()).isEqualTo(1);
    }

    @Test
    void run_guestKernelJumpsToWhereNoMemoryIs_isFailedEmulation() {
        assertFailedEmulation(run(guest(CpuMode.LONG_64, JUMP_TO_NOWHERE)));
    }

    /** KVM on hardware gives a program of the guest's an invalid opcode, for which this guest has no handler. */
    @Test
    void run_guestProgramJumpsToWhereNoMemoryIs_isFailedEmulationOrTripleFault() {
        VmOutcome outcome = run(guest(CpuMode.LONG_64_USER, JUMP_TO_NOWHERE));

        if (HostProfile.probe(kvm).kind() == KvmKind.SOFTWARE) {
            assertFailedEmulation(outcome);
        } else {
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            VmOutcome.TripleFault.class,
                            end -> assertThat(faults).containsExactly(end.fault()));
        }
        assertThat(outcome.exitStatus()).isEqualTo(1);
    }

    private void assertFailedEmulation(VmOutcome outcome) {
        assertThat(outcome).isInstanceOfSatisfying(VmOutcome.EmulationFailed.class, end -> {
            assertThat(end.fault().reason()).contains("KVM_EXIT_INTERNAL_ERROR");
            assertThat(end.fault().registers()).contains("rip=00000000d0000000");
            assertThat(faults).containsExactly(end.fault());
        });
        assertThat(outcome.exitStatus()).isEqualTo(1);
    }

    /** An access to no memory has KVM emulate the instruction, and this one it does not know. It says which it was. */
    @Test
    void run_instructionThatKvmCannotEmulate_isShown() {
        // bb 00 00 00 d0  mov ebx, 0xd0000000
        // 66 0f ef 03     pxor xmm0, [rbx]
        VmOutcome outcome = run(guest(CpuMode.LONG_64, "bb 00 00 00 d0 66 0f ef 03"));

        assertThat(outcome).isInstanceOfSatisfying(VmOutcome.EmulationFailed.class, end -> {
            assertThat(end.fault().reason()).isEqualTo("KVM_EXIT_INTERNAL_ERROR [suberror=1]");
            assertThat(end.fault().instruction()).startsWith("66 0f ef 03");
            assertThat(faults).containsExactly(end.fault());
        });
    }

    @Test
    void run_exitNothingHandles_isNamed() {
        AtomicReference<Vm> self = new AtomicReference<>();
        PioDevice stepper = new PioDevice() {
            @Override
            public int read(int offset, int size) {
                return 0;
            }

            @Override
            public void write(int offset, int size, int value) {
                // On the vCPU's thread. From here on each instruction is an exit for a debugger that is not there.
                KvmVm vm = (KvmVm) self.get().hypervisorVm();
                vm.vcpus().getFirst().debug(GuestDebug.singleStep());
            }
        };
        // e6 99  out 0x99, al
        // 90     nop
        // eb fd  jmp -3
        try (Vm vm =
                guest(CpuMode.LONG_64, "e6 99 90 eb fd").pio(0x99, 1, stepper).build()) {
            self.set(vm);

            VmOutcome outcome = vm.run();

            assertThat(outcome).isInstanceOfSatisfying(VmOutcome.UnhandledExit.class, end -> {
                assertThat(end.fault().reason()).contains("KVM_EXIT_DEBUG");
                assertThat(faults).containsExactly(end.fault());
            });
            assertThat(outcome.exitStatus()).isEqualTo(1);
        }
    }

    @Test
    void run_guestWritesToWhereNoMemoryIs_goesOnAndListenerHears() {
        // bb 00 00 00 d0  mov ebx, 0xd0000000
        // 89 03           mov [rbx], eax
        // b0 05           mov al, 5
        // e6 f4           out 0xf4, al
        VmOutcome outcome = run(guest(CpuMode.LONG_64_USER, "bb 00 00 00 d0 89 03 b0 05 e6 f4"));

        assertThat(outcome).isEqualTo(new VmOutcome.Exited(5));
        assertThat(unmapped).containsExactly("write to memory 0xd0000000 size 4");
        assertThat(faults).isEmpty();
    }

    @Test
    void run_guestReadsWhereNothingIs_getsAllOnes() {
        // e4 99           in al, 0x99
        // bb 00 00 00 d0  mov ebx, 0xd0000000
        // 22 03           and al, [rbx]
        // e6 f4           out 0xf4, al
        VmOutcome outcome = run(guest(CpuMode.LONG_64_USER, "e4 99 bb 00 00 00 d0 22 03 e6 f4"));

        assertThat(outcome).isEqualTo(new VmOutcome.Exited(0xff));
        assertThat(unmapped).containsExactly("read of port 0x99 size 1", "read of memory 0xd0000000 size 1");
    }

    @ParameterizedTest
    @CsvSource({
        // eb fe     jmp -2
        "LONG_64_USER, eb fe",
        // fa f4     cli; hlt
        "LONG_64, fa f4",
        // eb fe     jmp -2, in real mode
        "REAL_16, eb fe",
        // 89 03 eb fc  mov [rbx], eax; jmp -4: exits for ever
        "LONG_64_USER, bb 00 00 00 d0 89 03 eb fc"
    })
    void interrupt_guestNeverEnds_ends(CpuMode mode, String code) throws InterruptedException {
        FlatImage image = FlatImage.of(HexFormat.of().parseHex(code.replace(" ", "")));
        CountDownLatch running = new CountDownLatch(1);
        VmListener start = new VmListener() {
            @Override
            public void onState(VmState state) {
                if (state == VmState.RUNNING) {
                    running.countDown();
                }
            }
        };
        FlatImage placed = mode == CpuMode.REAL_16 ? image.at(0x8000) : image;
        try (Vm vm = VmBuilder.on(kvm).boot(placed.mode(mode)).listener(start).build()) {
            vm.start();
            running.await();

            vm.interrupt();

            assertThat(vm.outcome().toCompletableFuture().join()).isEqualTo(new VmOutcome.Interrupted());
        }
    }

    @Test
    void run_manyFaultyGuests_eachOfItsOwn() {
        List<VmOutcome> outcomes = IntStream.range(0, 20)
                .mapToObj(_ -> run(guest(CpuMode.LONG_64_USER, "0f 0b")))
                .toList();

        assertThat(outcomes).hasSize(20).allMatch(VmOutcome.TripleFault.class::isInstance);
        assertThat(faults).hasSize(20);
    }
}
