// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import java.util.Optional;

/**
 * The host's side of a socket device: what programs in the guest can connect to, and who connects to them. Called by
 * the device, one call at a time; nothing here waits.
 */
public interface VsockHost extends AutoCloseable {
    /** The guest's driver is ready: from now on the host may connect. */
    void attach(VsockGuest guest);

    /** The driver is gone, and so are its connections, which were closed. */
    void detach();

    /**
     * A program in the guest connects.
     *
     * @param hostPort to what
     * @param guestPort from where
     * @return its other end, not yet connected; or empty if this host has nothing at the port
     */
    Optional<VsockStream> dial(int hostPort, int guestPort);

    /** The device is no more. It was detached before. */
    @Override
    void close();
}
