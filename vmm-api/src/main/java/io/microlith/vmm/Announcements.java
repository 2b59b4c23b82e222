// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls a VM's listeners: one call at a time, in the order things happened.
 *
 * <p>What happened is added under whatever lock gives it its place in that order; it is delivered without a lock, by
 * the thread that comes first. So a listener may call back, and no thread waits for another one's call to return.
 */
final class Announcements {
    private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);

    /** Nothing to say. */
    static final Consumer<VmListener> NOTHING = _ -> {};

    private final String vm;
    private final List<VmListener> listeners;
    private final Queue<Runnable> pending = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean delivering = new AtomicBoolean();

    Announcements(String vm, List<VmListener> listeners) {
        this.vm = vm;
        this.listeners = List.copyOf(listeners);
    }

    /** Adds a call, to be made by the next {@link #deliver}. */
    void add(Consumer<VmListener> call) {
        for (VmListener listener : listeners) {
            pending.add(() -> call.accept(listener));
        }
    }

    /** Adds an action, to be run by {@link #deliver} when all that was added before has been delivered. */
    void whenDelivered(Runnable action) {
        pending.add(action);
    }

    /** Adds a call and delivers. */
    void tell(Consumer<VmListener> call) {
        add(call);
        deliver();
    }

    /** Makes the calls that wait, unless another thread is at it: then that one makes them. */
    void deliver() {
        while (!pending.isEmpty() && delivering.compareAndSet(false, true)) {
            boolean done = false;
            try {
                makeCalls();
                done = true;
            } finally {
                delivering.set(false);
                if (!done) {
                    // The listener threw an Error, which goes on to the caller; the calls behind it are made all the
                    // same.
                    deliver();
                }
            }
        }
    }

    private void makeCalls() {
        for (Runnable call = pending.poll(); call != null; call = pending.poll()) {
            try {
                call.run();
            } catch (RuntimeException e) {
                LOG.warn("vm={} listener threw", vm, e);
            }
        }
    }
}
