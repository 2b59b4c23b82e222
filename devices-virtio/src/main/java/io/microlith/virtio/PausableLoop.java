// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.linux.Pollable;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Readiness;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.event.Watch;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A device's view of its loop: what it watches is not waited for while it is paused, since nobody would handle it and
 * the loop would find it ready for ever. The loop itself goes on, for others may be on it.
 *
 * <p>Any thread.
 */
final class PausableLoop implements EventLoop {
    private final EventLoop loop;
    private final Set<PausableWatch> watches = ConcurrentHashMap.newKeySet();
    private volatile boolean paused;

    PausableLoop(EventLoop loop) {
        this.loop = loop;
    }

    boolean isPaused() {
        return paused;
    }

    /** Stops waiting for what is watched. */
    void pause() {
        paused = true;
        watches.forEach(PausableWatch::apply);
    }

    /** Waits for it again. */
    void resume() {
        paused = false;
        watches.forEach(PausableWatch::apply);
    }

    @Override
    public Watch watch(Pollable source, Readiness what, Runnable handler) {
        PausableWatch watch = new PausableWatch(what, loop.watch(source, paused ? Readiness.NONE : what, handler));
        watches.add(watch);
        // For a pause that came in between; costs nothing if none did.
        watch.apply();
        return watch;
    }

    @Override
    public Registration onSignal(Notifier notifier, Runnable handler) {
        return loop.onSignal(notifier, handler);
    }

    @Override
    public Registration onReadable(Pollable source, Runnable handler) {
        return loop.onReadable(source, handler);
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public int poll(long timeoutNanos) {
        return loop.poll(timeoutNanos);
    }

    @Override
    public void wakeup() {
        loop.wakeup();
    }

    /** Whose the loop is closes it. */
    @Override
    public void close() {
        throw new IllegalStateException("a device does not close the loop it is on");
    }

    private final class PausableWatch implements Watch {
        private final Watch watch;
        private Readiness wanted;

        PausableWatch(Readiness wanted, Watch watch) {
            this.wanted = wanted;
            this.watch = watch;
        }

        @Override
        public synchronized void await(Readiness what) {
            wanted = what;
            apply();
        }

        synchronized void apply() {
            watch.await(paused ? Readiness.NONE : wanted);
        }

        @Override
        public void close() {
            watches.remove(this);
            watch.close();
        }
    }
}
