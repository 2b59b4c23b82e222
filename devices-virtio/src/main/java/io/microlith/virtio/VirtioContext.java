// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.virtio.queue.VirtQueue;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.memory.GuestMemory;

/** What a live device works with, from {@link VirtioDevice#activate} to {@link VirtioDevice#deactivate}. */
public interface VirtioContext {
    /** The guest's memory. */
    GuestMemory memory();

    /** The loop on which the device is notified. */
    EventLoop loop();

    /** The features that the driver accepted. */
    long features();

    /** Whether the driver accepted all of the given features. */
    default boolean has(long feature) {
        return (features() & feature) == feature;
    }

    /**
     * A queue. Ask again each time: a driver can reset and enable one at any time, which makes it another. One that the
     * driver has not enabled has never anything to pop.
     */
    VirtQueue queue(int index);

    /** The interrupt of a queue. Stays the same. */
    QueueInterrupt interrupt(int queue);

    /**
     * Whether the handler may take one more chain of a queue. Once this says no, the handler returns, as it does when
     * there are no more chains: the queue's is called again, after what else waits on the loop and whoever waits for
     * the device. So a driver that refills its queue for ever, or a slow medium, delays others by milliseconds, or by
     * the request under way. For handlers and {@linkplain #exclusive exclusive} tasks, before each chain they take.
     */
    boolean mayGoOn(int queue);

    /**
     * Serves what a queue has, for {@link VirtioDevice#queueNotify}: chain after chain, as long as
     * {@link #mayGoOn(int)} lets it, and until there is none after the driver was asked to ring again. Then interrupts
     * if the driver wants to hear of it. Allocates nothing.
     *
     * @param chain is popped into
     */
    default void serve(int queue, DescriptorChain chain, ChainServer server) {
        VirtQueue chains = queue(queue);
        boolean goOn = true;
        do {
            chains.disableNotification();
            while (goOn && mayGoOn(queue) && chains.pop(chain)) {
                goOn = server.serve(chains, chain);
            }
        } while (goOn && mayGoOn(queue) && chains.enableNotification());
        if (chains.needsNotification()) {
            interrupt(queue).signal();
        }
    }

    /**
     * Wraps a task, for the loop or a timer on it, so that it runs as a queue's handler runs: never at the same time as
     * another call into the device, and not at all while the device is not active.
     */
    Runnable exclusive(Runnable task);

    /** Tells the driver that the {@linkplain VirtioDevice#configSpace configuration} changed. Any thread. */
    void configChanged();

    /**
     * Tells the driver that the device cannot go on: for what no request can be answered with. Any thread; for a driver
     * that is not ready it has no effect.
     */
    void needsReset();
}
