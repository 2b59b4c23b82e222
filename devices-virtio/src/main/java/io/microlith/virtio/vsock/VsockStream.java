// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.linux.Errno;
import io.microlith.vmm.event.Readiness;

/**
 * The host's end of a connection. Called by the device, one call at a time; nothing here waits.
 *
 * <p>Results are numbers of bytes, 0 for the end of what comes from the host, or negative error numbers
 * ({@link Errno}): {@code EAGAIN} says that it cannot now, any other that the other end is gone.
 */
public interface VsockStream extends AutoCloseable {
    /**
     * Connects to what a program in the guest asked for.
     *
     * @return 0 if it did; {@code -EAGAIN} to be asked again a little later; else the guest is refused
     */
    default int connect() {
        return 0;
    }

    /**
     * The connection is open.
     *
     * @param hostPort the host's port
     * @param onReady to be run on the guest's loop as long as what is {@linkplain #await awaited} holds; more often
     *     does no harm
     */
    void open(int hostPort, VsockGuest guest, Runnable onReady);

    /**
     * What the device waits for, from now on. It reads without waiting first.
     *
     * @param what {@link Readiness#NONE} for not even the other end's closing
     */
    void await(Readiness what);

    /** Moves bytes from the host to where the guest has room. */
    long read(VsockSink into);

    /** Moves bytes from the guest to the host: some of them, at least one. */
    long write(VsockSource from);

    /** The guest receives no more: what the host still sends is of no use. */
    void shutdownInput();

    /** The guest sends no more: the host finds the end. */
    void shutdownOutput();

    /** Whether the host's end is gone altogether, and receives no more either. Asked once there is no more to read. */
    boolean isHungUp();

    /** The connection is no more, or was refused. */
    @Override
    void close();
}
