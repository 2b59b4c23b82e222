// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.ExitReason;
import io.microlith.vmm.OnReset;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmListener;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.VmState;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.error.VmmException;
import io.microlith.vmm.memory.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Start, pause, resume, reset, stop, interrupt and close, from where and when one may call them and may not. */
class VmLifecycleTest {
    private static final FakeExit WRITE = FakeExit.out(ControlPort.PORT, 1, 0);

    private final FakeHypervisor hypervisor = FakeHypervisor.with();
    private final FakeBoard board = new FakeBoard();
    private final RecordingListener listener = new RecordingListener();
    private final AtomicReference<Consumer<DeviceContext>> onWrite = new AtomicReference<>(_ -> {});
    private final ControlPort.Config config =
            ControlPort.Config.of(context -> onWrite.get().accept(context));

    @AfterEach
    void assertClean() {
        hypervisor.assertClean();
    }

    private VmBuilder builder() {
        return VmBuilder.on(hypervisor)
                .board(board)
                .id("test")
                .memory(Size.mebibytes(1))
                .listener(listener)
                .device(new ControlPort.Factory(), config);
    }

    private FakeVcpu vcpu(int index) {
        return hypervisor.vm().vcpu(index);
    }

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
    void pause_inTheGuest_waitsUntilNoVcpuRuns() {
        try (Vm vm = builder().vcpus(2).build()) {
            vm.start();
            vcpu(0).awaitIdle();
            vcpu(1).awaitIdle();
            vm.pause();
            assertThat(vm.state()).isEqualTo(VmState.PAUSED);
            assertThat(vcpu(0).isInGuest()).isFalse();
            assertThat(vcpu(1).isInGuest()).isFalse();
            vm.pause();
            vm.resume();
            vm.resume();
            vcpu(0).awaitIdle();
            vcpu(1).awaitIdle();
        }
        assertThat(listener.heard()).containsExactly("RUNNING", "PAUSED", "RUNNING", "ENDED", "CLOSED");
    }

    @Test
    void pause_deviceIsBusy_waitsForIt() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        onWrite.set(_ -> {
            entered.countDown();
            await(leave);
        });
        try (Vm vm = builder().boot(FakeGuest.of(WRITE)).build()) {
            vm.start();
            entered.await();
            CompletableFuture<Void> paused = CompletableFuture.runAsync(vm::pause);
            assertThatThrownBy(() -> paused.get(20, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            leave.countDown();
            paused.join();
            assertThat(vm.state()).isEqualTo(VmState.PAUSED);
        }
    }

    /** The access of the last exit is complete when the VM is paused: its registers are whole. */
    @Test
    void pause_betweenAccessAndAnswer_completesTheAccess() {
        try (Vm vm = builder().boot(FakeGuest.idle().repeating(0, WRITE)).build()) {
            vm.start();
            for (int i = 0; i < 100; i++) {
                vm.pause();
                assertThat(vcpu(0).isComplete()).isTrue();
                vm.resume();
            }
        }
    }

    @Test
    void pause_notStartedOrEnded_isLeftAlone() {
        try (Vm vm = builder().build()) {
            vm.pause();
            vm.resume();
            vm.reset();
            assertThat(vm.state()).isEqualTo(VmState.CREATED);
            vm.stop();
            vm.pause();
            vm.resume();
            vm.reset();
            assertThat(vm.state()).isEqualTo(VmState.ENDED);
        }
        assertThat(listener.heard()).containsExactly("ENDED", "CLOSED");
    }

    @Test
    void reset_running_startsFromPowerOn() {
        try (Vm vm = builder().vcpus(2).boot(FakeGuest.of(WRITE)).build()) {
            CountDownLatch writes = new CountDownLatch(2);
            onWrite.set(_ -> writes.countDown());
            vm.start();
            vcpu(0).awaitIdle();
            vm.reset();
            await(writes);
            assertThat(board.platform().powerOns()).isEqualTo(2);
            assertThat(config.log()).containsExactly("reset", "reset");
        }
        assertThat(listener.heard()).containsExactly("RUNNING", "reset", "ENDED", "CLOSED");
    }

    /** The guest's own reset comes in the middle of its write to a port. */
    @Test
    void reset_byTheGuest_startsFromPowerOnWithNoAccessHalfDone() {
        CountDownLatch fourth = new CountDownLatch(4);
        onWrite.set(context -> {
            fourth.countDown();
            if (fourth.getCount() > 0) {
                context.control().reset();
            }
        });
        try (Vm vm = builder().vcpus(2).boot(FakeGuest.of(WRITE)).build()) {
            vm.start();
            await(fourth);
            vcpu(0).awaitIdle();
            assertThat(board.platform().powerOns()).isEqualTo(4);
        }
    }

    @Test
    void reset_byTheGuestConfiguredToEnd_endsWithReset() {
        onWrite.set(context -> context.control().reset());
        try (Vm vm = builder().onReset(OnReset.END).boot(FakeGuest.of(WRITE)).build()) {
            assertThat(vm.run()).isEqualTo(new VmOutcome.Reset());
        }
        assertThat(board.platform().powerOns()).isEqualTo(1);
    }

    /** The embedder's own reset is one whatever the guest's would be. */
    @Test
    void reset_byTheEmbedderConfiguredToEnd_resets() {
        try (Vm vm = builder().onReset(OnReset.END).build()) {
            vm.start();
            vcpu(0).awaitIdle();
            CountDownLatch again = new CountDownLatch(1);
            board.onVcpuPowerOn(_ -> again.countDown());
            vm.reset();
            await(again);
        }
    }

    @Test
    void reset_paused_isPausedAfterIt() {
        try (Vm vm = builder().build()) {
            vm.start();
            vcpu(0).awaitIdle();
            vm.pause();
            long runs = vcpu(0).runs();
            CountDownLatch again = new CountDownLatch(1);
            board.onVcpuPowerOn(_ -> again.countDown());
            vm.reset();
            await(again);
            vm.pause();
            assertThat(vm.state()).isEqualTo(VmState.PAUSED);
            assertThat(vcpu(0).runs()).isEqualTo(runs);
            vm.resume();
            vcpu(0).awaitIdle();
        }
    }

    @Test
    void reset_kernelIsGone_isAHostError() {
        try (Vm vm = builder().build()) {
            vm.start();
            vcpu(0).awaitIdle();
            board.onPowerOn(() -> {
                throw new VmmException("kernel is gone");
            });
            vm.reset();
            assertThat(vm.outcome().toCompletableFuture().join())
                    .isInstanceOfSatisfying(
                            VmOutcome.HostError.class,
                            outcome -> assertThat(outcome.cause()).hasMessage("kernel is gone"));
        }
    }

    @Test
    void reset_whileTheBoardLoads_loadsOnceMore() {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch load = new CountDownLatch(1);
        try (Vm vm = builder().build()) {
            vm.start();
            vcpu(0).awaitIdle();
            board.onPowerOn(() -> {
                loading.countDown();
                await(load);
            });
            vm.reset();
            await(loading);
            vm.reset();
            CountDownLatch powered = new CountDownLatch(1);
            board.onVcpuPowerOn(_ -> powered.countDown());
            load.countDown();
            await(powered);
            assertThat(board.platform().powerOns()).isEqualTo(3);
        }
    }

    @Test
    void stop_whileTheBoardLoads_waitsForItAndRunsNothing() {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch load = new CountDownLatch(1);
        Vm vm = builder().build();
        vm.start();
        vcpu(0).awaitIdle();
        board.onPowerOn(() -> {
            loading.countDown();
            await(load);
        });
        vm.reset();
        await(loading);
        long runs = vcpu(0).runs();
        vm.interrupt();
        load.countDown();
        vm.close();
        assertThat(vcpu(0).runs()).isEqualTo(runs);
        assertThat(vm.outcome().toCompletableFuture().join()).isEqualTo(new VmOutcome.Interrupted());
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

    @Test
    void close_neverStarted_closesEverything() {
        Vm vm = builder().build();
        vm.close();
        vm.close();
        assertThat(vm.state()).isEqualTo(VmState.CLOSED);
        assertThat(config.log()).containsExactly("reset", "close");
        assertThat(vm.outcome().toCompletableFuture().join()).isEqualTo(new VmOutcome.Stopped());
        assertThatThrownBy(vm::start).hasMessage("VM test is closed");
        assertThatThrownBy(() -> vm.memory().getByte(0)).isInstanceOf(IllegalStateException.class);
        vm.pause();
        vm.resume();
        vm.reset();
        vm.stop();
        vm.interrupt();
        assertThat(listener.heard()).containsExactly("ENDED", "CLOSED");
    }

    @Test
    void close_fromTheOutcome_works() {
        Vm vm = builder()
                .boot(FakeGuest.of(FakeExit.of(ExitReason.SYSTEM_SHUTDOWN)))
                .build();
        CompletableFuture<VmState> closed = vm.outcome()
                .thenApply(_ -> {
                    vm.close();
                    return vm.state();
                })
                .toCompletableFuture();
        vm.start();
        assertThat(closed.join()).isEqualTo(VmState.CLOSED);
    }

    @Test
    void close_whileAnotherThreadRunsIt_endsTheRun() {
        Vm vm = builder().build();
        CompletableFuture<VmOutcome> ran = CompletableFuture.supplyAsync(vm::run);
        while (vm.state() == VmState.CREATED) {
            Thread.onSpinWait();
        }
        vm.close();
        assertThat(ran.join()).isEqualTo(new VmOutcome.Stopped());
    }

    @Test
    void close_paused_closes() {
        Vm vm = builder().vcpus(2).build();
        vm.start();
        vm.pause();
        vm.close();
        assertThat(listener.heard()).containsExactly("RUNNING", "PAUSED", "ENDED", "CLOSED");
    }

    @Test
    void close_deviceFailsToClose_closesTheRestAndThrows() {
        FakeBoard failing = new FakeBoard();
        Vm vm = VmBuilder.on(hypervisor)
                .board(failing)
                .memory(Size.mebibytes(1))
                .listener(listener)
                .device(new ControlPort.Factory(), new ControlPort.Config(_ -> {}, new RefusingLog()))
                .build();
        assertThatThrownBy(vm::close)
                .isInstanceOf(VmmException.class)
                .hasMessage("closing failed: java.lang.IllegalStateException: close");
        assertThat(vm.state()).isEqualTo(VmState.CLOSED);
        assertThat(listener.heard()).contains("CLOSED");
        vm.close();
    }

    /** Refuses the device's note that it is being closed. */
    private static final class RefusingLog extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean add(String entry) {
            if (entry.equals("close")) {
                throw new IllegalStateException(entry);
            }
            return super.add(entry);
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
    void outcome_deviceDrains_isKnownAfterThat() {
        CountDownLatch drain = new CountDownLatch(1);
        ControlPort.Config slow =
                new ControlPort.Config(context -> context.control().exit(3), new CopyOnWriteArrayList<>() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public boolean add(String entry) {
                        if (entry.equals("drain")) {
                            await(drain);
                        }
                        return super.add(entry);
                    }
                });
        Vm vm = VmBuilder.on(hypervisor)
                .board(board)
                .memory(Size.mebibytes(1))
                .boot(FakeGuest.of(WRITE))
                .device(new ControlPort.Factory(), slow)
                .build();
        vm.start();
        CompletableFuture<VmOutcome> outcome = vm.outcome().toCompletableFuture();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(vm::close);
        assertThatThrownBy(() -> outcome.get(20, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(closed).isNotDone();
        drain.countDown();
        assertThat(outcome.join()).isIn(new VmOutcome.Exited(3), new VmOutcome.Stopped());
        closed.join();
        assertThat(slow.log()).containsExactly("reset", "drain", "close");
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

    /** A listener behind the embedder's lock, closed under the same lock: slow, and no deadlock. */
    @Test
    void close_underALockTheListenerNeeds_doesNotDeadlock() {
        Object lock = new Object();
        VmListener locked = new VmListener() {
            @Override
            public void onState(VmState state) {
                synchronized (lock) {
                    listener.onState(state);
                }
            }
        };
        Vm vm = builder().listener(locked).build();
        vm.start();
        synchronized (lock) {
            vm.close();
        }
        assertThat(vm.outcome().toCompletableFuture().join()).isEqualTo(new VmOutcome.Stopped());
        while (listener.heard().size() < 3) {
            Thread.onSpinWait();
        }
        assertThat(listener.heard()).containsExactly("RUNNING", "ENDED", "CLOSED");
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

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
