// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class VcpuThreadsTest {
    private static CompletableFuture<Thread> runOn(VcpuThreads threads) {
        CompletableFuture<Thread> ranOn = new CompletableFuture<>();
        threads.execute(() -> ranOn.complete(Thread.currentThread()));
        return ranOn;
    }

    @Test
    void execute_oneWaits_lendsItAgain() throws Exception {
        try (VcpuThreads threads = new VcpuThreads()) {
            Thread first = runOn(threads).join();
            while (first.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            assertThat(runOn(threads).join()).isSameAs(first);
            assertThat(first.isDaemon()).isFalse();
            assertThat(first.isVirtual()).isFalse();
        }
    }

    @Test
    void execute_allAreBusy_makesAnother() {
        CountDownLatch end = new CountDownLatch(1);
        try (VcpuThreads threads = new VcpuThreads()) {
            CompletableFuture<Thread> busy = new CompletableFuture<>();
            threads.execute(() -> {
                busy.complete(Thread.currentThread());
                waitFor(end);
            });
            assertThat(runOn(threads).join()).isNotSameAs(busy.join());
            end.countDown();
        }
    }

    @Test
    void close_letsGoOfThoseThatWaitAndNotOfThoseThatRun() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        VcpuThreads threads = new VcpuThreads();
        Thread waiting = runOn(threads).join();
        CompletableFuture<Thread> busy = new CompletableFuture<>();
        CompletableFuture<Void> undisturbed = new CompletableFuture<>();
        CompletableFuture<Thread> other = new CompletableFuture<>();
        threads.execute(() -> {
            busy.complete(Thread.currentThread());
            waitFor(end);
            undisturbed.complete(null);
        });
        threads.execute(() -> other.complete(Thread.currentThread()));
        busy.join();
        other.join();
        threads.close();
        other.join().join();
        assertThat(undisturbed).isNotDone();
        end.countDown();
        undisturbed.join();
        busy.join().join();
        waiting.join();
        assertThatThrownBy(() -> threads.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts a thread that runs a vCPU", e);
        }
    }
}
