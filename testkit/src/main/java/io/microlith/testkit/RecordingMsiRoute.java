// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.event.MsiRoute;
import io.microlith.vmm.event.Notifier;
import java.util.ArrayList;
import java.util.List;

/** A message-signalled interrupt that remembers what reached the guest. Any thread. */
public final class RecordingMsiRoute implements MsiRoute {
    private final Notifier notifier = Notifier.create();
    private final List<String> messages = new ArrayList<>();
    private long address;
    private int data;
    private boolean masked = true;
    private boolean closed;

    /** Makes one that is masked. */
    public RecordingMsiRoute() {}

    @Override
    public synchronized void set(long newAddress, int newData) {
        deliver();
        address = newAddress;
        data = newData;
    }

    @Override
    public synchronized void mask() {
        deliver();
        masked = true;
    }

    @Override
    public synchronized void unmask() {
        masked = closed;
        deliver();
    }

    @Override
    public void signal() {
        notifier.signal();
        deliver();
    }

    /** What rang the notifier behind our back counts as delivered once somebody looks. */
    private synchronized void deliver() {
        if (!masked && notifier.drain()) {
            messages.add("0x" + Long.toHexString(address) + ":0x" + Integer.toHexString(data));
        }
    }

    @Override
    public synchronized boolean isPending() {
        deliver();
        boolean rung = masked && notifier.drain();
        if (rung) {
            notifier.signal();
        }
        return rung;
    }

    @Override
    public synchronized void clearPending() {
        deliver();
        var _ = notifier.drain();
    }

    @Override
    public Notifier notifier() {
        return notifier;
    }

    /** The messages that reached the guest, in order, as {@code address:data} in hexadecimal. */
    public synchronized List<String> messages() {
        deliver();
        return List.copyOf(messages);
    }

    /** How many messages reached the guest. */
    public synchronized int count() {
        deliver();
        return messages.size();
    }

    /** Whether signals are kept back. */
    public synchronized boolean isMasked() {
        return masked;
    }

    /** Whether it was given back. */
    public synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        masked = true;
        closed = true;
        notifier.close();
    }
}
