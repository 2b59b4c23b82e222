// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.linux.IoVector;

/**
 * Bytes of the guest, on their way to the host. Valid during the call into a {@link VsockStream}. Allocates nothing.
 */
public interface VsockSource {
    /** The number of bytes, at least 1. */
    long size();

    /** The bytes for a system call, which takes them with no copy. May have less than all, for very many buffers. */
    IoVector vector();

    /** Copies bytes out, for streams in Java. */
    void get(long from, byte[] into, int offset, int length);
}
