// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.queue;

/**
 * A virtqueue, as the device sees it. One thread at a time: whoever runs the device's queue handler.
 *
 * <p>Nothing here throws for what the driver did. A chain that makes no sense is popped like any other and says that it
 * is {@linkplain DescriptorChain#faulted faulted}: complete it with nothing written. A ring that makes no sense is
 * {@linkplain #isBroken broken}, which the device's transport tells the driver; it has nothing to pop from then on.
 *
 * <p>The loop that neither misses a request nor asks for needless notifications:
 *
 * <pre>{@code
 * do {
 *     queue.disableNotification();
 *     while (context.mayGoOn(index) && queue.pop(chain)) {
 *         queue.addUsed(chain.head(), handle(chain));
 *     }
 * } while (context.mayGoOn(index) && queue.enableNotification());
 * if (queue.needsNotification()) {
 *     interrupt.signal();
 * }
 * }</pre>
 *
 * <p>{@code context} is the device's {@code io.microlith.virtio.VirtioContext}, which bounds how long it goes on, and
 * whose {@code serve} is this loop.
 *
 * <p>The queue has no part in the life of the guest's memory: it looks into it by guest-physical addresses that it
 * checked when it was made.
 */
public interface VirtQueue {
    /** The number of elements, which bounds the length of a chain. */
    int size();

    /**
     * Takes the next chain that the driver made available.
     *
     * @param into replaced by that chain; its head goes to {@link #addUsed} once, later
     * @return whether there was one
     */
    boolean pop(DescriptorChain into);

    /**
     * Puts the chain that was popped last back, to be popped again: for a device that cannot serve it now. Not after
     * {@link #addUsed} for that chain, and once for each {@link #pop}.
     */
    void undoPop();

    /**
     * Gives a chain back to the driver.
     *
     * <p>Each has a used element of its own, with VIRTIO_F_IN_ORDER too: that a device may then leave out all but the
     * last of a batch would have the driver wait for the end of the batch, and take all of them to be filled whole.
     *
     * @param head the {@link DescriptorChain#head} of a chain that was popped and not yet given back
     * @param written the bytes the device wrote into its writable part, as an unsigned number
     */
    default void addUsed(int head, int written) {
        prepareUsed(head, written);
        publishUsed();
    }

    /**
     * Prepares to give a chain back, as {@link #addUsed} does. The driver sees nothing of it until
     * {@link #publishUsed}, and then all that were prepared: so it never finds a part of what belongs together.
     */
    void prepareUsed(int head, int written);

    /** Has the driver see the chains that were prepared, before the handler of the queue returns. */
    void publishUsed();

    /**
     * Whether the driver wants to hear of the chains given back since this was last asked. Has a side effect: what it
     * says yes for has to be signalled.
     */
    boolean needsNotification();

    /** Tells the driver that it need not notify, a hint that it may ignore. */
    void disableNotification();

    /**
     * Asks the driver to notify from the next chain on.
     *
     * @return whether there is one already, which the driver may not notify of
     */
    boolean enableNotification();

    /** Whether the driver broke the ring beyond repair: only a reset makes it work again. */
    boolean isBroken();

    /** What the queue is now, for {@link QueueLayout#open}. No chain may be popped and not given back meanwhile. */
    QueueState save();
}
