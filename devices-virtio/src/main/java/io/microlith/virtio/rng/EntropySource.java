// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.rng;

import io.microlith.linux.IoVector;

/** Where random bytes come from. On the device's loop. */
public interface EntropySource extends AutoCloseable {
    /**
     * Fills buffers, from the first on, all or some of them. Does not wait.
     *
     * @return how many bytes were filled, or a negative error number
     */
    long fill(IoVector buffers);

    /** The source is not needed any more. */
    @Override
    void close();
}
