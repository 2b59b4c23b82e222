// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.vmm.event.EventLoop;

/** A guest whose driver is ready, as the host's side of its socket device sees it. */
public interface VsockGuest {
    /** The loop on which the device runs. */
    EventLoop loop();

    /**
     * Wraps what a {@link VsockHost} does on the loop, so that it runs as the device does: never at the same time, and
     * not at all once the driver is gone.
     */
    Runnable exclusive(Runnable task);

    /**
     * Connects to a program in the guest. On the loop, exclusively. The stream is {@linkplain VsockStream#open opened}
     * when that accepts, and closed when it refuses, does not answer, or there are too many connections.
     */
    void connect(VsockStream stream, int guestPort);
}
