// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot.pager;

import io.microlith.linux.Epoll;
import io.microlith.linux.EventFd;
import io.microlith.linux.UserFaultFd;
import io.microlith.vmm.event.Uninterruptibly;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** The thread that brings what is wanted of one machine's memory, watched so that nobody waits too long for it. */
final class FaultThread implements AutoCloseable {
    private static final int FOR_EVER = -1;

    /** Tokens. */
    private static final long FAULT = 0;

    private static final long WAKEUP = 1;

    /** What Java code waits for. */
    private record Wish(SavedRegion region, long begin, long end, CompletableFuture<@Nullable Void> done) {}

    private final Pager pager;
    private final UserFaultFd faults;
    private final PageInstaller installer;
    private final PageInstaller ahead;
    private final Duration patience;
    private final Queue<Wish> wishes = new ConcurrentLinkedQueue<>();
    private final Epoll epoll;
    private final EventFd wakeup;
    private final Thread server = Thread.ofPlatform().daemon().name("pager").unstarted(this::run);
    private volatile boolean stopped;

    /**
     * Of a pager.
     *
     * @param installer this thread's own
     * @param ahead another thread's, which is watched as well
     */
    FaultThread(Pager pager, UserFaultFd faults, PageInstaller installer, PageInstaller ahead, Duration patience) {
        this.pager = pager;
        this.faults = faults;
        this.installer = installer;
        this.ahead = ahead;
        this.patience = patience;
        boolean made = false;
        EventFd event = EventFd.create();
        Epoll set = null;
        try {
            set = Epoll.create();
            set.add(faults, FAULT);
            set.add(event, WAKEUP);
            made = true;
        } finally {
            if (!made) {
                event.close();
                if (set != null) {
                    set.close();
                }
            }
        }
        wakeup = event;
        epoll = set;
    }

    void start() {
        server.start();
        watch();
    }

    private void watch() {
        PagerWatch.after(patience.dividedBy(2), this::look);
    }

    /**
     * Has pages brought, and waits for that. Any other thread.
     *
     * @throws PagerException if they cannot be had
     * @throws IllegalStateException if the pager was closed
     */
    void bring(SavedRegion region, long begin, long end) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        wishes.add(new Wish(region, begin, end, done));
        wakeup.signal();
        if (stopped) {
            // Nobody may have seen it.
            dismiss();
        }
        try {
            done.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        }
    }

    private void run() {
        try {
            while (!stopped) {
                int ready = epoll.await(FOR_EVER);
                for (int i = 0; i < ready; i++) {
                    if (epoll.token(i) == FAULT) {
                        serveFaults();
                    } else {
                        var _ = wakeup.drain();
                    }
                }
                serveWishes();
                if (pager.missing() == 0) {
                    pager.retire();
                }
            }
        } catch (RuntimeException | IOException e) {
            var _ = pager.fail(e);
        } catch (Error e) {
            pager.died();
            throw e;
        } finally {
            // Also if somebody else has failed before, and is about to stop this.
            stopped = true;
            dismiss();
        }
    }

    private void serveFaults() throws IOException {
        int count = faults.read();
        for (int i = 0; i < count && !stopped; i++) {
            SavedRegion region = pager.regionAt(faults.address(i));
            if (region != null) {
                installer.serve(region, region.page(region.offsetOf(faults.address(i))));
            }
        }
    }

    /** One at a time, for vCPUs wait, too. */
    private void serveWishes() throws IOException {
        Wish wish = wishes.peek();
        if (wish != null) {
            installer.bring(wish.region(), wish.begin(), wish.end());
            wishes.remove(wish);
            wish.done().complete(null);
            wakeup.signal();
        }
    }

    /** There is nobody any more who brings something: those who wait need not, or cannot, have it. */
    private void dismiss() {
        RuntimeException failure = pager.failure();
        if (failure == null && !pager.isComplete()) {
            failure = new IllegalStateException("the machine was closed");
        }
        for (Wish wish = wishes.poll(); wish != null; wish = wishes.poll()) {
            if (failure == null) {
                wish.done().complete(null);
            } else {
                wish.done().completeExceptionally(failure);
            }
        }
    }

    /** Often enough that nobody waits for longer than one and a half times the patience. */
    private void look() {
        if (stopped) {
            return;
        }
        if (Math.max(installer.waiting(), ahead.waiting()) > patience.toNanos()) {
            // Other machines are watched meanwhile.
            Thread.ofPlatform().daemon().name("pager-end").start(this::giveUp);
        } else {
            watch();
        }
    }

    private void giveUp() {
        var _ = pager.fail(new IOException("no answer for " + patience.toMillis() + " ms"));
        dismiss();
    }

    /** Has the thread look whether there is something to do. */
    void wake() {
        wakeup.signal();
    }

    /** Has it end soon. Any thread, more than once. */
    void stop() {
        stopped = true;
        wakeup.signal();
    }

    /**
     * Ends it. A source that does not answer keeps its thread, which finds nothing to do when it comes back, but not
     * who closes.
     */
    @Override
    public void close() {
        stop();
        if (server.isAlive()) {
            server.interrupt();
            Uninterruptibly.run(() -> {
                var _ = server.join(patience);
            });
        }
        epoll.close();
        wakeup.close();
    }
}
