// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.event.Uninterruptibly;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Work that a medium may keep waiting, on a thread of its own: who wants what comes of it waits only as long as it gets
 * on. A call that the kernel does not end cannot be taken back, so a thread that is in one is left behind, with what it
 * has: when it comes back it finds that nobody waits, and gives that up.
 *
 * @param <T> what comes of it
 */
final class Supervised<T> {
    /** Says that something was done. */
    @FunctionalInterface
    interface Progress {
        /** From now on there is patience again. By the work's thread. */
        void made();
    }

    /**
     * What is done.
     *
     * @param <T> what comes of it
     */
    @FunctionalInterface
    interface Work<T> {
        /** Does it. */
        T run(Progress progress) throws IOException;
    }

    private final Duration patience;
    private final Work<T> work;
    private final Consumer<T> discard;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    /** When there was progress. */
    private volatile long last;

    private Supervised(Duration patience, Work<T> work, Consumer<T> discard) {
        this.patience = patience;
        this.work = work;
        this.discard = discard;
    }

    /**
     * Has something done, and waits for it.
     *
     * @param patience how long it may go without progress
     * @param discard gives up what comes of it when nobody waits any more
     * @throws NoAnswerException if there was none for that long
     * @throws IOException as the work does; unchecked exceptions likewise
     */
    static <T> T run(Duration patience, Work<T> work, Consumer<T> discard) throws IOException {
        Supervised<T> supervised = new Supervised<>(patience, work, discard);
        supervised.last = System.nanoTime();
        Thread.ofPlatform().daemon().name("snapshot-restore").start(supervised::work);
        return supervised.await();
    }

    private void work() {
        T done;
        try {
            done = work.run(() -> last = System.nanoTime());
        } catch (IOException | RuntimeException | Error e) {
            var _ = result.completeExceptionally(e);
            return;
        }
        if (!result.complete(done)) {
            discard.accept(done);
        }
    }

    private T await() throws IOException {
        Uninterruptibly.run(this::awaitWhileItGetsOn);
        try {
            return result.join();
        } catch (CompletionException e) {
            throw failure(e.getCause());
        }
    }

    private void awaitWhileItGetsOn() throws InterruptedException {
        while (!result.isDone()) {
            long left = patience.toNanos() - (System.nanoTime() - last);
            if (left <= 0) {
                // If it is done after all, that counts.
                var _ = result.completeExceptionally(new NoAnswerException(patience));
                return;
            }
            try {
                var _ = result.get(left, TimeUnit.NANOSECONDS);
            } catch (TimeoutException | ExecutionException e) {
                // There may have been progress; or there is an end, of which the caller hears.
            }
        }
    }

    private static IOException failure(Throwable cause) {
        return switch (cause) {
            case IOException known -> known;
            case RuntimeException known -> throw known;
            case Error known -> throw known;
            default -> new IOException(cause);
        };
    }
}
