// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

import io.microlith.linux.EventFd;

/** A notifier on an eventfd. */
record EventNotifier(EventFd event) implements Notifier {
    @Override
    public int fd() {
        return event.fd();
    }

    @Override
    public void signal() {
        event.signal();
    }

    @Override
    public boolean drain() {
        return event.drain();
    }

    @Override
    public void close() {
        event.close();
    }
}
