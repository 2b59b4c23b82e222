// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

import io.microlith.linux.Pollable;

/**
 * A loop whose thread is wanted from the first time that there is something for it to do.
 *
 * @param loop the loop itself
 * @param start starts the thread, unless it was started; called again and again
 */
record OnDemandEventLoop(EventLoop loop, Runnable start) implements EventLoop {
    @Override
    public Registration onSignal(Notifier notifier, Runnable handler) {
        Registration registration = loop.onSignal(notifier, handler);
        start.run();
        return registration;
    }

    @Override
    public Registration onReadable(Pollable source, Runnable handler) {
        Registration registration = loop.onReadable(source, handler);
        start.run();
        return registration;
    }

    @Override
    public Watch watch(Pollable source, Readiness what, Runnable handler) {
        Watch watch = loop.watch(source, what, handler);
        start.run();
        return watch;
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
        start.run();
    }

    @Override
    public int poll(long timeoutNanos) {
        return loop.poll(timeoutNanos);
    }

    @Override
    public void wakeup() {
        loop.wakeup();
    }

    @Override
    public void close() {
        loop.close();
    }
}
