// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.linux.IoVector;

/**
 * Room that the guest has for bytes of the host. Valid during the call into a {@link VsockStream}. Allocates nothing.
 */
public interface VsockSink {
    /** The number of bytes there is room for, at least 1. */
    long size();

    /** The room for a system call, which fills it with no copy. May have less than all, for very many buffers. */
    IoVector vector();

    /** Copies bytes in, for streams in Java. */
    void put(long to, byte[] from, int offset, int length);
}
