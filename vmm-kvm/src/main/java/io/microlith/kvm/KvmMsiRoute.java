// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.vmm.event.MsiRoute;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import org.jspecify.annotations.Nullable;

/**
 * A message for the local APICs in the kernel, raised by an eventfd that KVM listens to while the route is not masked.
 * While it is, the eventfd keeps the signal.
 *
 * <p>The lock is for what changes the route; a signal only rings. Held while a {@link KvmMsiWiring} takes its own.
 */
final class KvmMsiRoute implements MsiRoute {
    private final Notifier notifier;
    private final KvmMsiWiring wiring;
    private long address;
    private int data;
    private @Nullable Registration connection;

    /** A signal that was taken off the notifier to see whether there is one. */
    private boolean kept;

    private boolean closed;

    /** Takes over both: they are closed with the route. */
    KvmMsiRoute(Notifier notifier, KvmMsiWiring wiring) {
        this.notifier = notifier;
        this.wiring = wiring;
    }

    @Override
    public synchronized void set(long newAddress, int newData) {
        address = newAddress;
        data = newData;
        if (connection != null) {
            wiring.route(address, data);
        }
    }

    @Override
    public synchronized void mask() {
        Registration current = connection;
        connection = null;
        if (current != null) {
            current.close();
        }
    }

    @Override
    public synchronized void unmask() {
        if (connection != null || closed) {
            return;
        }
        boolean pending = isPending();
        kept = false;
        wiring.route(address, data);
        // A signal from here on is found by whoever is connected; what rang before rings again.
        connection = wiring.connect(notifier);
        if (pending) {
            notifier.signal();
        }
    }

    @Override
    public void signal() {
        notifier.signal();
    }

    @Override
    public synchronized boolean isPending() {
        if (connection == null && notifier.drain()) {
            kept = true;
        }
        return kept;
    }

    @Override
    public synchronized void clearPending() {
        var _ = isPending();
        kept = false;
    }

    @Override
    public Notifier notifier() {
        return notifier;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            mask();
            notifier.close();
            wiring.close();
        }
    }
}
