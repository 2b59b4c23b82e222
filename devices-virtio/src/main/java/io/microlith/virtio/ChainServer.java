// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.virtio.queue.VirtQueue;

/** What a device does with a chain, for {@link VirtioContext#serve}. */
@FunctionalInterface
public interface ChainServer {
    /**
     * Gives a chain that was popped back to its queue: by {@link VirtQueue#addUsed}, or by {@link VirtQueue#undoPop} if
     * it has to wait.
     *
     * @return whether to go on with the next chain; if not, the driver is not asked to ring, and the device comes back
     *     by itself
     */
    boolean serve(VirtQueue queue, DescriptorChain chain);
}
