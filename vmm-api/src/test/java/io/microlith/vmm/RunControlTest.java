// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.RunControl.Phase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two vCPU threads that do nothing but ask, one step at a time, under the test's direction. */
class RunControlTest {
    private static final int VCPUS = 2;

    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final List<VmState> states = Collections.synchronizedList(new ArrayList<>());
    private final FakeMachine machine = new FakeMachine();
    private final RunControl control =
            new RunControl("vm", VCPUS, machine, new Announcements("vm", List.of(new VmListener() {
                @Override
                public void onState(VmState state) {
                    states.add(state);
                }

                @Override
                public void onReset() {
                    events.add("reset");
                }
            })));

    private final class FakeMachine implements RunControl.Machine {
        final Stepper[] steppers = {new Stepper(0), new Stepper(1)};
        Runnable onPowerOn = () -> {};

        @Override
        public void powerOn() {
            events.add("load");
            onPowerOn.run();
        }

        @Override
        public void kick(int vcpu) {
            events.add("kick" + vcpu);
        }

        @Override
        public void onEnded(VmOutcome outcome) {
            events.add("ended " + outcome);
        }
    }

    /** A vCPU thread that awaits when told to, and hands over what it was told. */
    private final class Stepper {
        private final BlockingQueue<Runnable> steps = new LinkedBlockingQueue<>();
        private final BlockingQueue<Phase> phases = new LinkedBlockingQueue<>();
        private final int vcpu;
        final Thread thread;

        Stepper(int vcpu) {
            this.vcpu = vcpu;
            thread = Thread.ofPlatform().daemon().unstarted(this::run);
        }

        private void run() {
            try {
                while (true) {
                    steps.take().run();
                }
            } catch (InterruptedException e) {
                events.add("left" + vcpu);
            }
        }

        /** Awaits. */
        Stepper await() {
            steps.add(() -> phases.add(control.await(vcpu)));
            return this;
        }

        Stepper poweredOn() {
            steps.add(() -> control.poweredOn(vcpu));
            return this;
        }

        void leave() {
            CompletableFuture<Void> done = new CompletableFuture<>();
            steps.add(() -> {
                control.leave(vcpu);
                done.complete(null);
            });
            done.join();
        }

        Phase phase() {
            try {
                Phase phase = phases.poll(1, TimeUnit.MINUTES);
                assertThat(phase)
                        .as("vCPU %d parks and was to be told something", vcpu)
                        .isNotNull();
                return phase;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @BeforeEach
    void enlistThreads() {
        for (Stepper stepper : machine.steppers) {
            control.enlist(stepper.thread::start);
        }
    }

    private Stepper vcpu(int index) {
        return machine.steppers[index];
    }

    private void startAndPowerOn() {
        control.start();
        for (Stepper stepper : machine.steppers) {
            assertThat(stepper.await().phase()).isEqualTo(Phase.POWERING_ON);
            stepper.poweredOn().await();
        }
        assertThat(vcpu(0).phase()).isEqualTo(Phase.RUNNING);
        assertThat(vcpu(1).phase()).isEqualTo(Phase.RUNNING);
    }

    @AfterEach
    void endThreads() {
        for (Stepper stepper : machine.steppers) {
            stepper.thread.interrupt();
        }
    }

    @Test
    void start_fresh_powersOnAllBeforeAnyRuns() {
        control.start();
        assertThat(control.state()).isEqualTo(VmState.RUNNING);
        assertThat(vcpu(0).await().phase()).isEqualTo(Phase.POWERING_ON);
        vcpu(0).poweredOn().await();
        assertThat(vcpu(1).await().phase()).isEqualTo(Phase.POWERING_ON);
        assertThat(control.mayRun()).isFalse();
        vcpu(1).poweredOn().await();
        assertThat(vcpu(0).phase()).isEqualTo(Phase.RUNNING);
        assertThat(vcpu(1).phase()).isEqualTo(Phase.RUNNING);
        assertThat(control.mayRun()).isTrue();
        assertThat(events).isEmpty();
    }

    @Test
    void start_twice_isRefused() {
        control.start();
        assertThatThrownBy(control::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("VM vm was started before");
    }

    @Test
    void pause_running_kicksAndWaitsForAll() {
        startAndPowerOn();
        CompletableFuture<Void> paused = pauseRunning();
        vcpu(0).await();
        assertThat(paused).isNotDone();
        assertThat(control.state()).isEqualTo(VmState.RUNNING);
        vcpu(1).await();
        paused.join();
        assertThat(control.state()).isEqualTo(VmState.PAUSED);
        assertThat(events).containsExactly("kick0", "kick1");
        control.resume();
        assertThat(vcpu(0).phase()).isEqualTo(Phase.RUNNING);
        assertThat(vcpu(1).phase()).isEqualTo(Phase.RUNNING);
        assertThat(states).containsExactly(VmState.RUNNING, VmState.PAUSED, VmState.RUNNING);
    }

    @Test
    void pause_resumedMeanwhile_returnsAndLeavesTheVmRunning() {
        startAndPowerOn();
        CompletableFuture<Void> paused = pauseRunning();
        vcpu(0).await();
        control.resume();
        paused.join();
        assertThat(vcpu(0).phase()).isEqualTo(Phase.RUNNING);
        assertThat(control.state()).isEqualTo(VmState.RUNNING);
        assertThat(control.mayRun()).isTrue();
        assertThat(states).containsExactly(VmState.RUNNING);
    }

    @Test
    void pause_notStartedOrEnded_returns() {
        control.pause();
        assertThat(control.state()).isEqualTo(VmState.CREATED);
        assertThat(control.end(new VmOutcome.Stopped(), Announcements.NOTHING)).isTrue();
        control.pause();
        assertThat(control.state()).isEqualTo(VmState.ENDED);
    }

    @Test
    void pause_whilePoweringOn_parksBeforeGuestCodeRuns() {
        control.start();
        vcpu(0).await();
        vcpu(1).await();
        vcpu(0).phase();
        vcpu(1).phase();
        CompletableFuture<Void> paused = CompletableFuture.runAsync(control::pause);
        awaitPaused();
        vcpu(0).poweredOn().await();
        vcpu(1).poweredOn().await();
        paused.join();
        assertThat(control.state()).isEqualTo(VmState.PAUSED);
        assertThat(events).isEmpty();
        control.resume();
        assertThat(vcpu(0).phase()).isEqualTo(Phase.RUNNING);
    }

    /** Waits until the pause has been asked for: it shows as no state yet. */
    private void awaitPaused() {
        while (!control.isPauseWanted()) {
            Thread.onSpinWait();
        }
    }

    /** Pauses the running VM on another thread. Returns once the vCPUs are asked to park. */
    private CompletableFuture<Void> pauseRunning() {
        CompletableFuture<Void> paused = CompletableFuture.runAsync(control::pause);
        while (control.phase() != Phase.PARKED) {
            Thread.onSpinWait();
        }
        return paused;
    }

    @Test
    void reset_running_loadsOnceAllAreParked() {
        startAndPowerOn();
        control.reset();
        vcpu(0).await();
        assertThat(events).containsExactly("kick0", "kick1", "reset");
        vcpu(1).await();
        assertThat(vcpu(0).phase()).isEqualTo(Phase.POWERING_ON);
        assertThat(vcpu(1).phase()).isEqualTo(Phase.POWERING_ON);
        assertThat(events).containsExactly("kick0", "kick1", "reset", "load");
    }

    @Test
    void reset_whileLoading_loadsAgain() {
        startAndPowerOn();
        machine.onPowerOn = () -> {
            machine.onPowerOn = () -> {};
            control.reset();
        };
        control.reset();
        vcpu(0).await();
        vcpu(1).await();
        assertThat(vcpu(0).phase()).isEqualTo(Phase.POWERING_ON);
        assertThat(vcpu(1).phase()).isEqualTo(Phase.POWERING_ON);
        assertThat(events).filteredOn("load"::equals).hasSize(2);
    }

    @Test
    void reset_manyWhileLoading_oneThreadLoadsAtATime() {
        startAndPowerOn();
        AtomicInteger loading = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        machine.onPowerOn = () -> {
            most.accumulateAndGet(loading.incrementAndGet(), Math::max);
            if (most.get() == 1 && Collections.frequency(events, "load") == 1) {
                // Each wakes the other parked thread, which must not take it for its turn.
                for (int i = 0; i < 10_000; i++) {
                    control.reset();
                }
            }
            loading.decrementAndGet();
        };
        control.reset();
        vcpu(0).await();
        vcpu(1).await();
        assertThat(vcpu(0).phase()).isEqualTo(Phase.POWERING_ON);
        assertThat(vcpu(1).phase()).isEqualTo(Phase.POWERING_ON);
        assertThat(most).hasValue(1);
        assertThat(events).filteredOn("load"::equals).hasSize(2);
    }

    @Test
    void reset_whilePoweringOn_startsOver() {
        control.start();
        assertThat(vcpu(0).await().phase()).isEqualTo(Phase.POWERING_ON);
        vcpu(0).poweredOn();
        assertThat(vcpu(1).await().phase()).isEqualTo(Phase.POWERING_ON);
        control.reset();
        vcpu(1).poweredOn().await();
        vcpu(0).await();
        assertThat(vcpu(0).phase()).isEqualTo(Phase.POWERING_ON);
        assertThat(vcpu(1).phase()).isEqualTo(Phase.POWERING_ON);
        assertThat(control.mayRun()).isFalse();
        vcpu(0).poweredOn().await();
        vcpu(1).poweredOn().await();
        assertThat(vcpu(0).phase()).isEqualTo(Phase.RUNNING);
        assertThat(events).filteredOn("load"::equals).hasSize(1);
    }

    @Test
    void resume_whileResettingAndPoweringOn_skipsNothing() {
        startAndPowerOn();
        control.reset();
        control.resume();
        assertThat(control.phase()).isEqualTo(Phase.RESETTING);
        vcpu(0).await();
        machine.onPowerOn = control::resume;
        vcpu(1).await();
        assertThat(vcpu(0).phase()).isEqualTo(Phase.POWERING_ON);
        assertThat(vcpu(1).phase()).isEqualTo(Phase.POWERING_ON);
        control.resume();
        assertThat(control.phase()).isEqualTo(Phase.POWERING_ON);
        assertThat(control.mayRun()).isFalse();
    }

    @Test
    void reset_paused_isPausedAfterIt() {
        startAndPowerOn();
        vcpu(0).await();
        vcpu(1).await();
        // They come back at once: RUNNING still. Then they park for the pause.
        assertThat(vcpu(0).phase()).isEqualTo(Phase.RUNNING);
        assertThat(vcpu(1).phase()).isEqualTo(Phase.RUNNING);
        CompletableFuture<Void> paused = pauseRunning();
        vcpu(0).await();
        vcpu(1).await();
        paused.join();
        control.reset();
        for (Stepper stepper : machine.steppers) {
            assertThat(stepper.phase()).isEqualTo(Phase.POWERING_ON);
            stepper.poweredOn().await();
        }
        control.pause();
        assertThat(control.state()).isEqualTo(VmState.PAUSED);
        assertThat(control.mayRun()).isFalse();
        assertThat(states).containsExactly(VmState.RUNNING, VmState.PAUSED);
        control.resume();
        assertThat(vcpu(0).phase()).isEqualTo(Phase.RUNNING);
    }

    @Test
    void reset_notStartedOrEnding_isNoReset() {
        control.reset();
        assertThat(events).isEmpty();
        startAndPowerOn();
        control.end(new VmOutcome.Stopped(), Announcements.NOTHING);
        control.reset();
        assertThat(control.phase()).isEqualTo(Phase.ENDING);
        assertThat(events).doesNotContain("reset");
    }

    @Test
    void end_running_endsOnceTheLastHasLeft() {
        startAndPowerOn();
        assertThat(control.end(new VmOutcome.Exited(3), Announcements.NOTHING)).isTrue();
        assertThat(control.end(new VmOutcome.Stopped(), Announcements.NOTHING)).isFalse();
        assertThat(vcpu(0).await().phase()).isEqualTo(Phase.ENDING);
        vcpu(0).leave();
        assertThat(control.state()).isEqualTo(VmState.RUNNING);
        CompletableFuture<Void> ended = CompletableFuture.runAsync(control::awaitEnd);
        assertThat(vcpu(1).await().phase()).isEqualTo(Phase.ENDING);
        assertThat(ended).isNotDone();
        vcpu(1).leave();
        ended.join();
        assertThat(control.state()).isEqualTo(VmState.ENDED);
        assertThat(events).containsExactly("kick0", "kick1", "ended Exited[status=3]");
    }

    @Test
    void end_notStarted_endsAtOnceAndStartStartsNothing() {
        vcpu(0).await();
        control.end(new VmOutcome.Interrupted(), Announcements.NOTHING);
        assertThat(control.state()).isEqualTo(VmState.ENDED);
        assertThat(vcpu(0).phase()).isEqualTo(Phase.ENDING);
        control.start();
        assertThat(vcpu(1).await().phase()).isEqualTo(Phase.ENDING);
        vcpu(0).leave();
        vcpu(1).leave();
        control.awaitEnd();
        assertThat(events).containsExactly("ended Interrupted[]");
    }

    @Test
    void end_notStarted_isWaitedForUntilTheThreadsHaveLeft() {
        control.end(new VmOutcome.Stopped(), Announcements.NOTHING);
        CompletableFuture<Void> left = CompletableFuture.runAsync(control::awaitEnd);
        vcpu(0).leave();
        assertThat(left).isNotDone();
        vcpu(1).leave();
        left.join();
    }

    @Test
    void start_threadsParkedAlready_powersThemOn() {
        vcpu(0).await();
        vcpu(1).await();
        assertThat(vcpu(0).phases).isEmpty();
        control.start();
        assertThat(vcpu(0).phase()).isEqualTo(Phase.POWERING_ON);
        assertThat(vcpu(1).phase()).isEqualTo(Phase.POWERING_ON);
    }

    @Test
    void leave_beforeTheStart_endsTheVmAsAHostError() {
        vcpu(1).leave();
        assertThat(control.state()).isEqualTo(VmState.ENDED);
        assertThat(vcpu(0).await().phase()).isEqualTo(Phase.ENDING);
        assertThat(events.getLast()).startsWith("ended HostError");
    }

    @Test
    void abandon_notStarted_waitsForTheThreadsAndTellsNobody() {
        vcpu(0).await();
        CompletableFuture<Void> abandoned = CompletableFuture.runAsync(control::abandon);
        assertThat(vcpu(0).phase()).isEqualTo(Phase.ENDING);
        vcpu(0).leave();
        assertThat(abandoned).isNotDone();
        assertThat(vcpu(1).await().phase()).isEqualTo(Phase.ENDING);
        vcpu(1).leave();
        abandoned.join();
        assertThat(events).isEmpty();
        assertThat(states).isEmpty();
    }

    @Test
    void enlist_hostHasNoThread_countsNone() {
        assertThatThrownBy(() -> control.enlist(() -> {
                    throw new OutOfMemoryError("unable to create native thread");
                }))
                .isInstanceOf(OutOfMemoryError.class);
        vcpu(0).leave();
        vcpu(1).leave();
        control.awaitEnd();
    }

    @Test
    void end_paused_wakesTheParked() {
        startAndPowerOn();
        CompletableFuture<Void> paused = pauseRunning();
        vcpu(0).await();
        vcpu(1).await();
        paused.join();
        events.clear();
        control.end(new VmOutcome.Stopped(), Announcements.NOTHING);
        assertThat(vcpu(0).phase()).isEqualTo(Phase.ENDING);
        assertThat(vcpu(1).phase()).isEqualTo(Phase.ENDING);
        // Nobody was in the guest.
        assertThat(events).isEmpty();
    }

    @Test
    void end_whileAThreadPauses_lettsItGoWhenAllHaveLeft() {
        startAndPowerOn();
        CompletableFuture<Void> paused = pauseRunning();
        control.end(new VmOutcome.Stopped(), Announcements.NOTHING);
        vcpu(0).leave();
        assertThat(paused).isNotDone();
        vcpu(1).leave();
        paused.join();
        assertThat(states).containsExactly(VmState.RUNNING, VmState.ENDED);
    }

    @Test
    void leave_withoutAReason_endsTheVmAsAHostError() {
        startAndPowerOn();
        vcpu(1).leave();
        assertThat(vcpu(0).await().phase()).isEqualTo(Phase.ENDING);
        vcpu(0).leave();
        assertThat(control.state()).isEqualTo(VmState.ENDED);
        assertThat(events.getLast()).startsWith("ended HostError");
    }

    @Test
    void start_closed_isRefused() {
        control.end(new VmOutcome.Stopped(), Announcements.NOTHING);
        control.close();
        assertThatThrownBy(control::start).hasMessage("VM vm is closed");
        assertThat(states).containsExactly(VmState.ENDED, VmState.CLOSED);
    }

    @Test
    void powerOn_throws_leavesTheOthersParkedUntilTheEnd() {
        startAndPowerOn();
        machine.onPowerOn = () -> {
            throw new IllegalStateException("kernel is gone");
        };
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        control.reset();
        for (Stepper stepper : machine.steppers) {
            stepper.steps.add(() -> {
                try {
                    stepper.phases.add(control.await(stepper.vcpu));
                } catch (IllegalStateException e) {
                    thrown.complete(e);
                }
            });
        }
        assertThat(thrown.join()).hasMessage("kernel is gone");
        assertThat(vcpu(0).phases).isEmpty();
        assertThat(vcpu(1).phases).isEmpty();
        control.end(new VmOutcome.Stopped(), Announcements.NOTHING);
        assertThat(control.phase()).isEqualTo(Phase.ENDING);
    }
}
