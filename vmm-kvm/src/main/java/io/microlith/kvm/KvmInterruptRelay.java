// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.vmm.event.EventLoopThread;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises interrupts when notifiers are rung, on a thread of its own, where KVM has no irqfd. The thread starts with the
 * first notifier.
 */
final class KvmInterruptRelay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KvmInterruptRelay.class);

    private final String vm;
    private @Nullable EventLoopThread thread;
    private boolean closed;

    KvmInterruptRelay(String vm) {
        this.vm = vm;
    }

    synchronized Registration bind(Runnable raise, Notifier notifier) {
        if (closed) {
            throw new IllegalStateException("VM " + vm + " is closed");
        }
        if (thread == null) {
            thread = new EventLoopThread(
                    vm + "-interrupts", cause -> LOG.error("vm={} interrupts from notifiers ended", vm, cause));
        }
        return thread.loop().onSignal(notifier, raise);
    }

    @Override
    public void close() {
        EventLoopThread ending;
        synchronized (this) {
            closed = true;
            ending = thread;
            thread = null;
        }
        if (ending != null) {
            ending.close();
        }
    }
}
