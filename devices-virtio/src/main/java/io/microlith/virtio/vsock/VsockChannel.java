// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/**
 * A connection between this program and one in the guest. Any thread, and virtual threads as well as others: a thread
 * that waits holds up nobody. One thread may read while another writes. An interrupt ends the waiting with an
 * {@link java.io.InterruptedIOException}, and leaves the channel as it is.
 */
public final class VsockChannel implements ByteChannel {
    private final ChannelStream stream;

    VsockChannel(ChannelStream stream) {
        this.stream = stream;
    }

    /** The port of this end. */
    public int hostPort() {
        return stream.hostPort();
    }

    /** The port of the guest's end. */
    public int guestPort() {
        return stream.guestPort();
    }

    /**
     * Reads what there is, and waits until there is something.
     *
     * @return the number of bytes; -1 once the guest has shut its end down, or closed it
     */
    @Override
    public int read(ByteBuffer into) throws IOException {
        return stream.read(into);
    }

    /** Writes all of a buffer, and waits until there is room for it. */
    @Override
    public int write(ByteBuffer from) throws IOException {
        return stream.write(from);
    }

    /** Says that nothing more will be written: the guest finds the end, and may still send. */
    public void shutdownOutput() {
        stream.endOutput();
    }

    @Override
    public boolean isOpen() {
        return stream.isOpen();
    }

    /** Ends the connection. The guest still gets what was written. */
    @Override
    public void close() {
        stream.closeChannel();
    }

    /** Such as {@code 1073741824-5000}. */
    @Override
    public String toString() {
        return Integer.toUnsignedString(hostPort()) + "-" + Integer.toUnsignedString(guestPort());
    }
}
