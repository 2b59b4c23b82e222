// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventLoopThreadTest {
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

    @Test
    void loop_task_runsOnTheNamedDaemon() throws Exception {
        try (EventLoopThread thread = new EventLoopThread("my-loop", failure::complete)) {
            CompletableFuture<Thread> ran = new CompletableFuture<>();
            thread.loop().execute(() -> ran.complete(Thread.currentThread()));
            assertThat(ran.get().getName()).isEqualTo("my-loop");
            assertThat(ran.get().isDaemon()).isTrue();
            assertThat(thread.isCurrentThread()).isFalse();
        }
        assertThat(failure).isNotDone();
    }

    @Test
    void loop_nothingToDo_hasNoThread() {
        try (EventLoopThread thread = new EventLoopThread("idle-loop", failure::complete)) {
            assertThat(thread.isCurrentThread()).isFalse();
            assertThat(liveThreads()).doesNotContain("idle-loop");
        }
    }

    @Test
    void onSignal_firstHandler_startsTheThread() throws Exception {
        CountDownLatch rung = new CountDownLatch(1);
        try (Notifier notifier = Notifier.create();
                EventLoopThread thread = new EventLoopThread("woken-loop", failure::complete);
                Registration _ = thread.loop().onSignal(notifier, rung::countDown)) {
            notifier.signal();

            rung.await();

            assertThat(liveThreads()).contains("woken-loop");
        }
        assertThat(liveThreads()).doesNotContain("woken-loop");
    }

    @Test
    void execute_afterStop_startsNoThread() {
        try (EventLoopThread thread = new EventLoopThread("stopped-loop", failure::complete)) {
            thread.stop();

            thread.loop().execute(() -> failure.complete(new AssertionError("ran")));

            assertThat(liveThreads()).doesNotContain("stopped-loop");
        }
        assertThat(failure).isNotDone();
    }

    private static List<String> liveThreads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }

    @Test
    void handler_throws_isReportedAndTheThreadEnds() throws Exception {
        try (EventLoopThread thread = new EventLoopThread("failing", failure::complete)) {
            CompletableFuture<Thread> loop = new CompletableFuture<>();
            thread.loop().execute(() -> {
                loop.complete(Thread.currentThread());
                throw new IllegalStateException("handler");
            });
            assertThat(failure.get()).hasMessage("handler");
            loop.get().join();
        }
    }

    @Test
    void handler_throwsAnError_isReportedAndThrownOn() throws Exception {
        CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
        try (EventLoopThread thread = new EventLoopThread("dying", failure::complete)) {
            thread.loop().execute(() -> {
                Thread.currentThread().setUncaughtExceptionHandler((_, error) -> uncaught.complete(error));
                throw new OutOfMemoryError("made up");
            });
            assertThat(failure.get()).isInstanceOf(OutOfMemoryError.class);
            assertThat(uncaught.get()).isSameAs(failure.get());
        }
    }

    @Test
    void close_fromTheLoop_isRefused() throws Exception {
        try (EventLoopThread thread = new EventLoopThread("self", failure::complete)) {
            thread.loop().execute(thread::close);
            assertThat(failure.get())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("an event loop cannot wait for itself to end");
        }
    }

    @Test
    void stop_handlerRunning_waitsForIt() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        AtomicInteger left = new AtomicInteger();
        EventLoopThread thread = new EventLoopThread("busy", failure::complete);
        thread.loop().execute(() -> {
            entered.countDown();
            await(leave);
            left.incrementAndGet();
        });
        entered.await();
        CompletableFuture<Integer> stopped = CompletableFuture.supplyAsync(() -> {
            thread.stop();
            return left.get();
        });
        assertThatThrownBy(() -> stopped.get(20, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        leave.countDown();
        assertThat(stopped.get()).isEqualTo(1);
        thread.close();
    }

    @Test
    void close_threadInterrupted_staysInterrupted() {
        EventLoopThread thread = new EventLoopThread("interrupted", failure::complete);
        Thread.currentThread().interrupt();
        thread.close();
        thread.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(() -> thread.loop().poll(0)).hasMessageContaining("EBADF");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
