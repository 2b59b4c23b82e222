// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class NativeThreadTest {
    /** The kernel's SIGRTMAX - 3: the JVM uses none of the real-time signals. */
    private static final int SIGNAL = 61;

    private static final int NO_SUCH_THREAD = 0x7fff_fff0;

    @Test
    void currentId_twoThreads_differ() throws Exception {
        int other = onThread(NativeThread::currentId);
        assertThat(NativeThread.currentId()).isNotEqualTo(other);
        assertThat(Path.of("/proc/self/task/" + NativeThread.currentId())).isDirectory();
    }

    @Test
    void takeSignal_blockedAndSentTwice_takesBoth() throws Exception {
        boolean[] taken = onThread(() -> {
            NativeThread.blockSignal(SIGNAL);
            boolean first = NativeThread.signal(NativeThread.currentId(), SIGNAL);
            boolean second = NativeThread.signal(NativeThread.currentId(), SIGNAL);
            return new boolean[] {
                first && second,
                NativeThread.takeSignal(SIGNAL),
                NativeThread.takeSignal(SIGNAL),
                NativeThread.takeSignal(SIGNAL)
            };
        });
        // Real-time signals queue.
        assertThat(taken).containsExactly(true, true, true, false);
    }

    @Test
    void signal_fromAnotherThread_reachesOnlyTheOneMeant() throws Exception {
        CompletableFuture<Integer> id = new CompletableFuture<>();
        CountDownLatch sent = new CountDownLatch(1);
        CompletableFuture<Boolean> taken = new CompletableFuture<>();
        Thread target = Thread.ofPlatform().start(() -> {
            NativeThread.blockSignal(SIGNAL);
            id.complete(NativeThread.currentId());
            await(sent);
            taken.complete(NativeThread.takeSignal(SIGNAL));
        });
        assertThat(NativeThread.signal(id.get(), SIGNAL)).isTrue();
        assertThat(pending(id.get())).isNotZero();
        sent.countDown();
        assertThat(taken.get()).isTrue();
        target.join();
    }

    @Test
    void signal_noSuchThread_isFalse() {
        assertThat(NativeThread.signal(NO_SUCH_THREAD, SIGNAL)).isFalse();
    }

    @Test
    void blockSignal_noSuchSignal_isRefused() {
        assertThatThrownBy(() -> NativeThread.signalSet(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NativeThread.signalSet(65)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void signalSet_firstAndLast_areTheBitsOfTheKernel() {
        assertThat(NativeThread.signalSet(1)).isEqualTo(1);
        assertThat(NativeThread.signalSet(64)).isEqualTo(Long.MIN_VALUE);
    }

    private static long pending(int thread) {
        return Long.parseUnsignedLong(status(thread, "SigPnd:"), 16);
    }

    private static String status(int thread, String field) {
        try {
            return Files.readAllLines(Path.of("/proc/self/task/" + thread + "/status")).stream()
                    .filter(line -> line.startsWith(field))
                    .map(line -> line.substring(field.length()).trim())
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> T onThread(Supplier<T> body) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform()
                .start(() -> result.completeAsync(body, Runnable::run))
                .join();
        return result.get();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
