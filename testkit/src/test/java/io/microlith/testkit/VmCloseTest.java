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
import io.microlith.vmm.error.VmmException;
import io.microlith.vmm.memory.Size;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Close, from wherever and whenever. */
class VmCloseTest extends VmFixture {
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
        assertThat(listener.heardToTheEnd()).containsExactly("ENDED", "CLOSED");
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
        assertThat(listener.heardToTheEnd()).containsExactly("RUNNING", "PAUSED", "ENDED", "CLOSED");
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
        assertThat(listener.heardToTheEnd()).contains("CLOSED");
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
        assertThat(listener.heardToTheEnd()).containsExactly("RUNNING", "ENDED", "CLOSED");
    }
}
