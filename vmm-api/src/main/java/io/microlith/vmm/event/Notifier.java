// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

import io.microlith.linux.EventFd;
import io.microlith.linux.Pollable;

/**
 * A doorbell: one side rings, the other finds that it was rung, however often. In the kernel it is an eventfd, so that
 * a hypervisor can ring it for a guest (ioeventfd) or take it as an interrupt (irqfd) with no exit to user space.
 */
public interface Notifier extends Pollable, AutoCloseable {
    /** Makes a notifier that was not rung. */
    static Notifier create() {
        return new EventNotifier(EventFd.create());
    }

    /** Rings. Any thread; never blocks. What this thread wrote before is seen by the one who drains. */
    void signal();

    /** Stops the ringing. Returns whether it was rung since the last time. */
    boolean drain();

    /** Gives the descriptor back. Its loop and hypervisor registrations are closed before. */
    @Override
    void close();
}
