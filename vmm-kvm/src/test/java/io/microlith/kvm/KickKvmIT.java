// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.kvm.testkit.TinyGuest;
import io.microlith.linux.IoctlCall;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.ExitReason;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Getting a vCPU out of the guest from other threads. */
@RequiresKvm
class KickKvmIT {
    private static final int ROUNDS = 10_000;

    /** Long enough for a busy host, short enough to tell a lost kick from a late one. */
    private static final long BOUND = TimeUnit.SECONDS.toNanos(10);

    /** {@code eb fe jmp $}. */
    private static final String SPIN = "eb fe";

    /** {@code f4 hlt; eb fd jmp -3}. */
    private static final String HALT = "f4 eb fd";

    @Test
    void kick_beforeTheFirstRun_returnsInterruptedOnce() {
        // e6 10  out 0x10, al
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm)) {
            guest.user("e6 10");

            guest.vcpu().kick();

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.INTERRUPTED);
            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);
        }
    }

    @Test
    void kick_manyBeforeARun_isOneInterruption() {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm)) {
            guest.user("e6 10");

            for (int i = 0; i < 100; i++) {
                guest.vcpu().kick();
            }

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.INTERRUPTED);
            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);
        }
    }

    @Test
    void kick_afterAnAccess_completesItAndRunsNoGuestCode() {
        // e4 10  in al, 0x10
        // eb fe  jmp $
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm)) {
            guest.user("e4 10 eb fe");
            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.PIO);
            guest.vcpu().exit().respond(0, 0x5a);

            guest.vcpu().kick();

            assertThat(guest.vcpu().run()).isEqualTo(ExitReason.INTERRUPTED);
            KvmRegisters registers = new KvmRegisters().load(guest.vcpu());
            assertThat(registers.rax() & 0xff).isEqualTo(0x5a);
            assertThat(registers.rip()).isEqualTo(TinyGuest.CODE + 2);
        }
    }

    @Test
    void kick_closedVcpu_doesNothing() {
        try (KvmHypervisor kvm = KvmHypervisor.open()) {
            KvmVcpu closed;
            try (TinyGuest guest = new TinyGuest(kvm)) {
                closed = guest.vcpu();
            }

            closed.kick();

            assertThat(closed.index()).isZero();
        }
    }

    @Test
    void kick_threadThatEndedWithoutUnbinding_isNotSignalled() throws InterruptedException {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm);
                KvmVcpu other = guest.vm().createVcpu(1)) {
            Thread thread = Thread.ofPlatform().start(other::bindToThread);
            thread.join();

            other.kick();

            assertThat(thread.isAlive()).isFalse();
        }
    }

    @Test
    void bindToThread_afterAnotherThread_kicksTheNewOne() throws InterruptedException {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm)) {
            guest.user(SPIN);
            guest.vcpu().unbindFromThread();
            AtomicBoolean interrupted = new AtomicBoolean();
            CountDownLatch bound = new CountDownLatch(1);
            Thread second = Thread.ofPlatform().start(() -> {
                guest.vcpu().bindToThread();
                bound.countDown();
                interrupted.set(guest.vcpu().run() == ExitReason.INTERRUPTED);
                guest.vcpu().unbindFromThread();
            });
            bound.await();

            guest.vcpu().kick();
            second.join(TimeUnit.NANOSECONDS.toMillis(BOUND));

            assertThat(interrupted).isTrue();
            guest.vcpu().bindToThread();
        }
    }

    @Test
    void kick_atRandomTimesInTheGuest_interruptsEachTime() throws InterruptedException {
        race("spinning guest", SPIN, _ -> {}, 0);
    }

    @Test
    void kick_atRandomTimesInAHaltedGuestAfterManyCalls_interruptsEachTime() throws InterruptedException {
        race("halted guest, after many calls", HALT, KvmVm::createIrqchip, IoctlCall.MANY);
    }

    @Test
    void kick_atRandomTimesInAHaltedGuest_interruptsEachTime() throws InterruptedException {
        race("halted guest", HALT, KvmVm::createIrqchip, 0);
    }

    private static void race(String what, String code, Consumer<KvmVm> prepare, int callsBefore)
            throws InterruptedException {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm, prepare)) {
            guest.vcpu().unbindFromThread();
            // With no thread bound, a kick is a flag and no signal.
            interruptAtOnce(guest.vcpu(), callsBefore);
            Race race = new Race(guest.vcpu());
            // A halt is for level 0 only.
            Thread runner = Thread.ofPlatform()
                    .start(() -> race.run(() -> {
                        if (code.equals(SPIN)) {
                            guest.user(code);
                        } else {
                            guest.supervisor(code);
                        }
                    }));
            race.kickRandomly();
            runner.join();
            guest.vcpu().bindToThread();

            System.out.println(race.histogram(what));
            assertThat(race.problem).isNull();
            assertThat(race.returned.get()).isEqualTo(ROUNDS);
        }
    }

    private static void interruptAtOnce(KvmVcpu vcpu, int times) {
        int interrupted = 0;
        for (int i = 0; i < times; i++) {
            vcpu.kick();
            interrupted += vcpu.run() == ExitReason.INTERRUPTED ? 1 : 0;
        }
        assertThat(interrupted).isEqualTo(times);
    }

    /**
     * One thread runs the vCPU, another kicks it, once a round. Before a kick the kicker writes the round's number to a
     * plain field: the vCPU's thread has to read it after the return.
     */
    private static final class Race {
        private final KvmVcpu vcpu;
        private final AtomicInteger entering = new AtomicInteger();
        private final AtomicInteger returned = new AtomicInteger();
        private final long[] latency = new long[ROUNDS];
        private final Random random = new Random(1);

        private int written;
        private volatile long kickedAt;
        private volatile String problem;

        Race(KvmVcpu vcpu) {
            this.vcpu = vcpu;
        }

        void run(Runnable start) {
            vcpu.bindToThread();
            start.run();
            for (int round = 1; round <= ROUNDS && problem == null; round++) {
                entering.set(round);
                ExitReason reason = vcpu.run();
                // A kick of the last round may come once more, with nothing written for this one.
                while (reason == ExitReason.INTERRUPTED && written != round && problem == null) {
                    reason = vcpu.run();
                }
                if (reason != ExitReason.INTERRUPTED) {
                    problem = "round " + round + " returned " + reason;
                }
                latency[round - 1] = System.nanoTime() - kickedAt;
                returned.set(round);
            }
            vcpu.unbindFromThread();
        }

        void kickRandomly() {
            for (int round = 1; round <= ROUNDS && problem == null; round++) {
                await(entering, round);
                // From before the call to deep in the guest.
                long until = System.nanoTime() + random.nextInt(30_000);
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                written = round;
                kickedAt = System.nanoTime();
                vcpu.kick();
                await(returned, round);
            }
        }

        private void await(AtomicInteger counter, int round) {
            long end = System.nanoTime() + BOUND;
            int spins = 0;
            while (counter.get() < round && problem == null) {
                if (System.nanoTime() > end) {
                    problem = "round " + round + ": the kick was lost";
                    vcpu.kick();
                }
                // On a busy host the other side needs the processor.
                if (++spins % 1000 == 0) {
                    LockSupport.parkNanos(1);
                } else {
                    Thread.onSpinWait();
                }
            }
        }

        String histogram(String what) {
            long[] sorted = latency.clone();
            Arrays.sort(sorted);
            StringBuilder text =
                    new StringBuilder("kick to return, " + what + ", " + ROUNDS + " rounds, microseconds:");
            for (double share : new double[] {0.5, 0.9, 0.99, 0.999, 1}) {
                int at = (int) Math.min(ROUNDS - 1, share * ROUNDS);
                text.append(String.format(" p%s=%.1f", share * 100, sorted[at] / 1000.0));
            }
            return text.toString();
        }
    }

    @Test
    void kick_fromManyThreads_neverLeavesTheGuestRunning() throws InterruptedException {
        try (KvmHypervisor kvm = KvmHypervisor.open();
                TinyGuest guest = new TinyGuest(kvm)) {
            guest.user(SPIN);
            int kickers = 4;
            int kicks = 500;
            AtomicInteger finished = new AtomicInteger();
            for (int i = 0; i < kickers; i++) {
                Thread.ofPlatform().start(() -> {
                    for (int kick = 0; kick < kicks; kick++) {
                        guest.vcpu().kick();
                    }
                    finished.incrementAndGet();
                    guest.vcpu().kick();
                });
            }
            int returns = 0;
            // Each thread kicks once more after it counted itself: so the last count is seen.
            while (finished.get() < kickers) {
                assertThat(guest.vcpu().run()).isEqualTo(ExitReason.INTERRUPTED);
                returns++;
            }

            assertThat(returns).isPositive();
        }
    }
}
