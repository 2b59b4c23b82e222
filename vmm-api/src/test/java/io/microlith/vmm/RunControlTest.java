// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.RunControl.Phase;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The beginning and the end. */
class RunControlTest extends RunControlFixture {
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
