// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.vmm.event.EventLoop;

/**
 * The host's end of a port: a stream, a file, a socket, or anything an embedder writes. Called on the device's loop,
 * one call at a time, but for {@link #drain} and {@link #close}. Waits for nothing and throws nothing for what the
 * other end can do.
 *
 * <p>It holds no more than a bounded number of bytes: what it has for a guest that does not read stays where it comes
 * from, and what it has no room for stays with the guest.
 */
public interface PortBackend extends AutoCloseable {
    /**
     * The guest's driver is there. Called once, before the first {@link #read} and {@link #write}.
     *
     * @param link to be told what happens, until this is closed
     * @param loop the device's loop, which runs until this is closed
     */
    void start(PortLink link, EventLoop loop);

    /**
     * Gives the guest bytes.
     *
     * @param into the guest's buffers
     * @return how many bytes were put there, from the start; 0 if there are none now, and then
     *     {@link PortLink#inputReady} is called when there are
     */
    long read(PortBuffer into);

    /**
     * Takes bytes from the guest.
     *
     * @param from the guest's buffers, which have at least a byte
     * @return how many bytes were taken, from the start; with less than all, {@link PortLink#outputReady} is called
     *     when there is room for more. Or a negative error number: the bytes are lost
     */
    long write(PortBuffer from);

    /** Sees to it that the host has what was written; see {@link io.microlith.vmm.device.Device#drain}. */
    default void drain() {}

    /** The port is no more. Called once, on any thread. */
    @Override
    void close();
}
