// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.RunControl.Phase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two vCPU threads that do nothing but ask, one step at a time, under the test's direction. */
abstract class RunControlFixture {
    static final int VCPUS = 2;

    final List<String> events = Collections.synchronizedList(new ArrayList<>());
    final List<VmState> states = Collections.synchronizedList(new ArrayList<>());
    final FakeMachine machine = new FakeMachine();
    final RunControl control = new RunControl("vm", VCPUS, machine, new Announcements("vm", List.of(new VmListener() {
        @Override
        public void onState(VmState state) {
            states.add(state);
        }

        @Override
        public void onReset() {
            events.add("reset");
        }
    })));

    final class FakeMachine implements RunControl.Machine {
        final Stepper[] steppers = {new Stepper(0), new Stepper(1)};
        Runnable onPowerOn = () -> {};

        @Override
        public void onStart() {}

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
    final class Stepper {
        final BlockingQueue<Runnable> steps = new LinkedBlockingQueue<>();
        final BlockingQueue<Phase> phases = new LinkedBlockingQueue<>();
        final int vcpu;
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

    Stepper vcpu(int index) {
        return machine.steppers[index];
    }

    void startAndPowerOn() {
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

    /** Waits until the pause has been asked for: it shows as no state yet. */
    void awaitPaused() {
        while (!control.isPauseWanted()) {
            Thread.onSpinWait();
        }
    }

    /** Pauses the running VM on another thread. Returns once the vCPUs are asked to park. */
    CompletableFuture<Void> pauseRunning() {
        CompletableFuture<Void> paused = CompletableFuture.runAsync(control::pause);
        while (control.phase() != Phase.PARKED) {
            Thread.onSpinWait();
        }
        return paused;
    }
}
