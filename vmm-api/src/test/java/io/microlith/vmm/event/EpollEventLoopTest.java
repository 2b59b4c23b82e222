// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.linux.UnixSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EpollEventLoopTest {
    private static final long FOR_EVER = -1;

    private final EventLoop loop = EventLoop.create();
    private final Notifier notifier = Notifier.create();
    private final List<String> calls = new ArrayList<>();

    @AfterEach
    void close() {
        loop.close();
        notifier.close();
    }

    @Test
    void poll_nothingHappens_returnsZero() {
        assertThat(loop.poll(0)).isZero();
        assertThat(loop.poll(1)).isZero();
    }

    @Test
    void onSignal_rungTwice_runsOnceAndDrains() {
        loop.onSignal(notifier, () -> calls.add("rung"));
        notifier.signal();
        notifier.signal();
        assertThat(loop.poll(FOR_EVER)).isEqualTo(1);
        assertThat(loop.poll(0)).isZero();
        assertThat(calls).containsExactly("rung");
    }

    @Test
    void onReadable_notDrained_runsAgain() {
        loop.onReadable(notifier, () -> calls.add("readable"));
        notifier.signal();
        loop.poll(FOR_EVER);
        loop.poll(FOR_EVER);
        assertThat(calls).hasSize(2);
    }

    @Test
    void onSignal_registeredTwice_isRefusedAndTheFirstStays() {
        loop.onSignal(notifier, () -> calls.add("first"));
        assertThatThrownBy(() -> loop.onSignal(notifier, () -> calls.add("second")))
                .isInstanceOf(SystemCallException.class);
        notifier.signal();
        loop.poll(FOR_EVER);
        assertThat(calls).containsExactly("first");
    }

    @Test
    void close_registration_endsTheCalls() {
        Registration registration = loop.onSignal(notifier, () -> calls.add("rung"));
        notifier.signal();
        registration.close();
        registration.close();
        assertThat(loop.poll(0)).isZero();
        assertThat(calls).isEmpty();
        assertThat(notifier.drain()).isTrue();
    }

    @Test
    void close_byTheHandlerItself_runsOnce() {
        AtomicInteger runs = new AtomicInteger();
        Registration[] own = new Registration[1];
        own[0] = loop.onReadable(notifier, () -> {
            runs.incrementAndGet();
            own[0].close();
        });
        notifier.signal();
        loop.poll(FOR_EVER);
        loop.poll(0);
        assertThat(runs).hasValue(1);
    }

    /** Both are ready in the same poll; whichever runs first closes the other. */
    @Test
    void close_byAnotherHandlerOfTheSamePoll_endsTheCallsAtOnce() {
        try (Notifier other = Notifier.create()) {
            Registration[] both = new Registration[2];
            both[0] = loop.onReadable(notifier, () -> {
                calls.add("ran");
                both[1].close();
            });
            both[1] = loop.onReadable(other, () -> {
                calls.add("ran");
                both[0].close();
            });
            notifier.signal();
            other.signal();
            loop.poll(FOR_EVER);
            assertThat(calls).hasSize(1);
        }
    }

    @Test
    void close_thenRegisterAgain_oldRegistrationHasNoPowerOverTheNew() {
        Registration old = loop.onSignal(notifier, () -> calls.add("old"));
        old.close();
        loop.onSignal(notifier, () -> calls.add("new"));
        old.close();
        notifier.signal();
        loop.poll(FOR_EVER);
        assertThat(calls).containsExactly("new");
    }

    @Test
    void watch_changesWhatItWaitsFor_runsForThatAlone() {
        List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket one = pair.get(0);
                UnixSocket two = pair.get(1)) {
            Watch watch = loop.watch(one, Readiness.READABLE, () -> calls.add("ready"));
            assertThat(loop.poll(0)).isZero();
            watch.await(Readiness.WRITABLE);
            assertThat(loop.poll(0)).isEqualTo(1);
            watch.await(Readiness.NONE);
            assertThat(PosixIo.write(two, new byte[1], 0, 1)).isEqualTo(1);
            assertThat(loop.poll(0)).isZero();
            watch.await(Readiness.BOTH);
            assertThat(loop.poll(0)).isEqualTo(1);
            watch.await(Readiness.READABLE);
            watch.await(Readiness.READABLE);
            assertThat(loop.poll(0)).isEqualTo(1);
            watch.close();
            assertThat(loop.poll(0)).isZero();
            watch.await(Readiness.BOTH);
            watch.close();
            assertThat(loop.poll(0)).isZero();
            assertThat(calls).hasSize(3);
        }
    }

    @Test
    void watch_otherEndIsGone_runsUnlessItWaitsForNothing() {
        List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket one = pair.get(0)) {
            Watch watch = loop.watch(one, Readiness.NONE, () -> calls.add("gone"));
            pair.get(1).close();
            assertThat(loop.poll(0)).isZero();
            watch.await(Readiness.READABLE);
            assertThat(loop.poll(0)).isEqualTo(1);
            watch.close();
        }
    }

    @Test
    void watch_watchedAlready_isRefusedAndTheFirstStays() {
        loop.watch(notifier, Readiness.READABLE, () -> calls.add("first"));
        assertThatThrownBy(() -> loop.watch(notifier, Readiness.READABLE, () -> calls.add("second")))
                .isInstanceOf(SystemCallException.class);
        notifier.signal();
        loop.poll(FOR_EVER);
        assertThat(calls).containsExactly("first");
    }

    @Test
    void execute_fromAnotherThread_runsInOrderOnThePollingThread() throws Exception {
        List<Thread> threads = new ArrayList<>();
        Thread other = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 10; i++) {
                int number = i;
                loop.execute(() -> {
                    calls.add("task" + number);
                    threads.add(Thread.currentThread());
                });
            }
        });
        while (calls.size() < 10) {
            loop.poll(FOR_EVER);
        }
        other.join();
        assertThat(calls)
                .containsExactly(
                        "task0", "task1", "task2", "task3", "task4", "task5", "task6", "task7", "task8", "task9");
        assertThat(threads).containsOnly(Thread.currentThread());
    }

    @Test
    void execute_taskThatMakesItselfAgain_doesNotStarveHandlers() {
        Runnable[] again = new Runnable[1];
        again[0] = () -> loop.execute(again[0]);
        loop.execute(again[0]);
        loop.onSignal(notifier, () -> calls.add("rung"));
        notifier.signal();
        for (int i = 0; i < 3 && calls.isEmpty(); i++) {
            loop.poll(FOR_EVER);
        }
        assertThat(calls).containsExactly("rung");
    }

    @Test
    void execute_moreThanOnePollTakes_allRunWithoutAnotherSignal() {
        for (int i = 0; i < 1_000; i++) {
            loop.execute(() -> calls.add("task"));
        }
        int ran = 0;
        while (ran < 1_000) {
            ran += loop.poll(FOR_EVER);
        }
        assertThat(calls).hasSize(1_000);
        assertThat(loop.poll(0)).isZero();
    }

    @Test
    void poll_taskThrows_theNextTasksStillRun() {
        loop.execute(() -> {
            throw new IllegalStateException("task");
        });
        loop.execute(() -> calls.add("next"));
        assertThatThrownBy(() -> loop.poll(FOR_EVER)).hasMessage("task");
        assertThat(loop.poll(FOR_EVER)).isEqualTo(1);
        assertThat(calls).containsExactly("next");
    }

    @Test
    void poll_handlerThrows_otherEventsAreFoundNextTime() {
        try (Notifier other = Notifier.create()) {
            loop.onSignal(notifier, () -> {
                throw new IllegalStateException("handler");
            });
            loop.onSignal(other, () -> calls.add("other"));
            notifier.signal();
            other.signal();
            int thrown = 0;
            for (int i = 0; i < 2; i++) {
                try {
                    loop.poll(0);
                } catch (IllegalStateException e) {
                    thrown++;
                }
            }
            assertThat(thrown).isEqualTo(1);
            assertThat(calls).containsExactly("other");
        }
    }

    @Test
    void wakeup_beforeOrDuringPoll_makesItReturn() throws Exception {
        loop.wakeup();
        assertThat(loop.poll(FOR_EVER)).isZero();
        CountDownLatch returned = new CountDownLatch(1);
        Thread poller = Thread.ofPlatform().start(() -> {
            loop.poll(FOR_EVER);
            returned.countDown();
        });
        loop.wakeup();
        returned.await();
        poller.join();
        assertThat(loop.poll(0)).isZero();
    }

    @Test
    void signal_whileRegistrationsComeAndGo_noneIsLost() throws Exception {
        AtomicInteger rung = new AtomicInteger();
        CountDownLatch stop = new CountDownLatch(1);
        Thread poller = Thread.ofPlatform().start(() -> {
            while (stop.getCount() > 0) {
                loop.poll(FOR_EVER);
            }
        });
        for (int i = 0; i < 500; i++) {
            try (Notifier mine = Notifier.create()) {
                CountDownLatch heard = new CountDownLatch(1);
                Registration registration = loop.onSignal(mine, () -> {
                    rung.incrementAndGet();
                    heard.countDown();
                });
                mine.signal();
                heard.await();
                registration.close();
            }
        }
        stop.countDown();
        loop.wakeup();
        poller.join();
        assertThat(rung).hasValue(500);
    }

    @Test
    void everything_closed_isHarmlessOrRefused() {
        Registration registration = loop.onSignal(notifier, () -> calls.add("rung"));
        loop.close();
        loop.close();
        loop.wakeup();
        loop.execute(() -> calls.add("task"));
        registration.close();
        assertThatThrownBy(() -> loop.onSignal(notifier, () -> {})).isInstanceOf(SystemCallException.class);
        assertThat(calls).isEmpty();
    }

    @Test
    void close_manyLoops_leaveNoDescriptor() throws IOException {
        long before = descriptors();
        for (int i = 0; i < 100; i++) {
            EventLoop.create().close();
        }
        assertThat(descriptors()).isEqualTo(before);
    }

    private static long descriptors() throws IOException {
        try (var list = Files.list(Path.of("/proc/self/fd"))) {
            return list.count();
        }
    }
}
