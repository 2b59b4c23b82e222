// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.ExitReason;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmListener;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.VmState;
import io.microlith.vmm.memory.Size;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Start, stop and interrupt, from where and when one may call them and may not. */
class VmLifecycleTest extends VmFixture {
    @Test
    void run_twice_isRefused() {
        try (Vm vm = builder()
                .boot(FakeGuest.of(FakeExit.of(ExitReason.SYSTEM_SHUTDOWN)))
                .build()) {
            assertThat(vm.run()).isEqualTo(new VmOutcome.Shutdown());
            assertThatThrownBy(vm::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("VM test was started before");
            assertThatThrownBy(vm::start).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void run_threadInterrupted_interruptsTheVmAndStaysInterrupted() {
        try (Vm vm = builder().build()) {
            Thread.currentThread().interrupt();
            assertThat(vm.run()).isEqualTo(new VmOutcome.Interrupted());
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void timings_beforeAndAfterTheStart_sayHowLongItTook() {
        try (Vm vm = builder().build()) {
            assertThat(vm.timings().build()).isPositive();
            assertThat(vm.timings().start()).isEmpty();
            assertThat(vm.timings().toString())
                    .matches("memory .* ms, hypervisor .* ms, devices .* ms, processors .* ms");
            vm.start();
            vcpu(0).awaitIdle();
            Duration start = vm.timings().start().orElseThrow();
            assertThat(start).isPositive();
            vm.reset();
            vcpu(0).awaitIdle();
            assertThat(vm.timings().start()).contains(start);
        }
    }

    @Test
    void start_severalVcpus_powersOnEachOnItsOwnThread() {
        try (Vm vm = builder().vcpus(3).build()) {
            vm.start();
            vcpu(2).awaitIdle();
            assertThat(board.platform().log()).hasSize(4).startsWith("platform").contains("vcpu0", "vcpu1", "vcpu2");
            assertThat(vm.state()).isEqualTo(VmState.RUNNING);
            assertThat(threads()).contains("test-vcpu0", "test-vcpu1", "test-vcpu2");
        }
        assertThat(threads()).noneMatch(name -> name.startsWith("test-vcpu") || name.equals("test-events"));
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }

    @Test
    void stop_beforeStart_endsAtOnceAndRunGivesTheOutcome() {
        try (Vm vm = builder().build()) {
            vm.stop();
            assertThat(vm.state()).isEqualTo(VmState.ENDED);
            assertThat(vm.run()).isEqualTo(new VmOutcome.Stopped());
            assertThat(vcpu(0).runs()).isZero();
            assertThatThrownBy(vm::start).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void interrupt_beforeRun_runGivesInterrupted() {
        try (Vm vm = builder().build()) {
            vm.interrupt();
            vm.interrupt();
            assertThat(vm.run()).isEqualTo(new VmOutcome.Interrupted());
        }
    }

    @Test
    void interrupt_deviceIsBusy_returnsAtOnce() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        onWrite.set(_ -> {
            entered.countDown();
            await(leave);
        });
        try (Vm vm = builder().boot(FakeGuest.idle().repeating(0, WRITE)).build()) {
            vm.start();
            entered.await();
            vm.interrupt();
            assertThat(vm.outcome().toCompletableFuture()).isNotDone();
            long runs = vcpu(0).runs();
            leave.countDown();
            assertThat(vm.outcome().toCompletableFuture().join()).isEqualTo(new VmOutcome.Interrupted());
            // At most the one exit that was under way.
            assertThat(vcpu(0).runs()).isEqualTo(runs);
        }
    }

    /** What waits for the VM's own threads is refused on them, and the VM lives on. */
    @Test
    void waitingMethods_onTheVmsOwnThreads_areRefused() {
        AtomicReference<Vm> vm = new AtomicReference<>();
        List<Runnable> waiting = List.of(
                () -> vm.get().run(),
                () -> vm.get().pause(),
                () -> vm.get().stop(),
                () -> vm.get().close());
        CompletableFuture<String> onVcpu = new CompletableFuture<>();
        CompletableFuture<String> onLoop = new CompletableFuture<>();
        onWrite.set(context -> {
            onVcpu.complete(refusals(waiting));
            context.eventLoop().execute(() -> onLoop.complete(refusals(waiting)));
        });
        vm.set(builder().boot(FakeGuest.of(WRITE)).build());
        vm.get().start();
        assertThat(onVcpu.join()).isEqualTo("run pause stop close");
        assertThat(onLoop.join()).isEqualTo("run pause stop close");
        assertThat(vm.get().state()).isEqualTo(VmState.RUNNING);
        vm.get().close();
    }

    private static String refusals(List<Runnable> calls) {
        StringBuilder names = new StringBuilder();
        for (Runnable call : calls) {
            try {
                call.run();
                names.append("none ");
            } catch (IllegalStateException e) {
                names.append(e.getMessage().replaceAll(" waits for.*", "")).append(' ');
            }
        }
        return names.toString().trim();
    }

    @Test
    void nonWaitingMethods_onAVcpusThread_work() {
        AtomicReference<Vm> vm = new AtomicReference<>();
        onWrite.set(_ -> {
            vm.get().resume();
            vm.get().interrupt();
        });
        vm.set(builder().boot(FakeGuest.of(WRITE)).build());
        assertThat(vm.get().run()).isEqualTo(new VmOutcome.Interrupted());
        vm.get().close();
    }

    @Test
    void outcome_completedByTheEmbedder_isNotTheVms() {
        try (Vm vm = builder().build()) {
            assertThat(vm.outcome().toCompletableFuture().complete(new VmOutcome.Exited(99)))
                    .isTrue();
            vm.stop();
            assertThat(vm.outcome().toCompletableFuture().join()).isEqualTo(new VmOutcome.Stopped());
        }
    }

    @Test
    void listener_throws_isIgnored() {
        VmListener throwing = new VmListener() {
            @Override
            public void onState(VmState state) {
                throw new IllegalStateException("listener");
            }
        };
        try (Vm vm = builder()
                .listener(throwing)
                .boot(FakeGuest.of(FakeExit.of(ExitReason.SYSTEM_SHUTDOWN)))
                .build()) {
            assertThat(vm.run()).isEqualTo(new VmOutcome.Shutdown());
        }
    }

    @Test
    void twoVms_oneFails_otherGoesOn() {
        try (Vm good = builder().build()) {
            FakeVcpu goodVcpu = vcpu(0);
            good.start();
            try (Vm bad = VmBuilder.on(hypervisor)
                    .board(board)
                    .memory(Size.mebibytes(1))
                    .boot(FakeGuest.of(FakeExit.of(ExitReason.TRIPLE_FAULT)))
                    .build()) {
                assertThat(bad.run()).isInstanceOf(VmOutcome.TripleFault.class);
            }
            assertThat(good.state()).isEqualTo(VmState.RUNNING);
            goodVcpu.inject(FakeExit.in(ControlPort.PORT, 1));
            goodVcpu.awaitIdle();
            assertThat(goodVcpu.answers()).containsExactly(0x5aL);
        }
    }
}
