// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.RunControl.Phase;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What stops all vCPUs for a while: pause and reset. */
class RunControlPauseTest extends RunControlFixture {
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
}
