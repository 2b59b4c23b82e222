// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

import io.microlith.linux.TimerFd;

/** A timer whose expiries run on an event loop. {@link #arm} and {@link #disarm} are for any thread. */
public final class Timer implements AutoCloseable {
    private final TimerFd timer = TimerFd.create();
    private final Registration registration;

    /** Makes a timer, not armed, that runs {@code handler} on the thread of {@code loop} when it expires. */
    public Timer(EventLoop loop, Runnable handler) {
        try {
            registration = loop.onReadable(timer, () -> {
                if (timer.drain() > 0) {
                    handler.run();
                }
            });
        } catch (RuntimeException e) {
            timer.close();
            throw e;
        }
    }

    /**
     * Arms the timer, replacing what it was armed with.
     *
     * @param delayNanos nanoseconds to the first expiry; at least 1
     * @param periodNanos nanoseconds between later expiries, or 0 for a single one
     */
    public void arm(long delayNanos, long periodNanos) {
        timer.arm(delayNanos, periodNanos);
    }

    /** Stops the timer. On the loop's thread it does not expire any more; from another, it may be doing so. */
    public void disarm() {
        timer.disarm();
    }

    @Override
    public void close() {
        registration.close();
        timer.close();
    }
}
