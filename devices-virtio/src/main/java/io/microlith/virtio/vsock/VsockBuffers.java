// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.linux.IoVector;

/**
 * Bytes on their way, where the guest has them or has room for them. Valid during the call into a {@link VsockStream}.
 * Nothing here allocates.
 */
public interface VsockBuffers {
    /** The number of bytes, at least 1. */
    long size();

    /** The buffers for a system call, which moves them with no copy. May have less than all, for very many buffers. */
    IoVector vector();

    /** Copies bytes out, for streams in Java: of what goes to the host. */
    void get(long from, byte[] into, int offset, int length);

    /** Copies bytes in, for streams in Java: into what goes to the guest. */
    void put(long to, byte[] from, int offset, int length);
}
