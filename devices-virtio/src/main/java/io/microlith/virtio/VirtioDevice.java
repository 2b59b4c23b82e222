// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import java.util.List;

/**
 * What makes a virtio device one of its type: features, configuration, and the handling of its queues. A
 * {@link VirtioTransport} does the rest.
 *
 * <p>{@link #activate}, {@link #deactivate}, {@link #queueNotify} and {@link #queueReset} are never called at the same
 * time. The first and second come on the thread of a vCPU, queue notifications on the device's event loop. The others
 * are for any thread.
 *
 * <p>What the guest does is never a reason to throw. If a device throws all the same, its driver is told that it needs
 * a reset, and it is not called again until there was one.
 */
public interface VirtioDevice {
    /** The number of the device type (VIRTIO 1.2, 5). */
    int deviceType();

    /** The features of the device type that this device offers; those of queues and transports are not its concern. */
    long deviceFeatures();

    /**
     * Whether the device gives the chains of a queue back in the order in which it popped them, always: the driver may
     * then be told so (VIRTIO_F_IN_ORDER). Does not change.
     */
    default boolean completesInOrder() {
        return false;
    }

    /** The most elements of each queue; there are as many queues as numbers. Powers of two. */
    List<Integer> queueSizes();

    /** The configuration structure as it is now. */
    ConfigSpace configSpace();

    /**
     * The driver writes to the configuration. On a vCPU's thread, at any time; the guest chooses the arguments. Few
     * devices have a field that can be written.
     *
     * @param size 1, 2, 4 or 8 bytes
     */
    default void writeConfig(long offset, int size, long value) {}

    /** The memory that the device shares with its driver. Asked for once, when it is attached. */
    default List<SharedMemoryRegion> sharedMemory() {
        return List.of();
    }

    /**
     * The driver is ready, or the device was restored to where it was.
     *
     * @param context valid until {@link #deactivate}
     */
    void activate(VirtioContext context);

    /**
     * The driver is gone, or about to start anew: forget it, and put the device into its power-on state. Comes, too,
     * when the device threw, and then before its driver knows.
     */
    void deactivate();

    /**
     * The driver may have made chains available. Comes when it has not, too.
     *
     * @param queue which queue, one that is enabled
     */
    void queueNotify(int queue);

    /** One queue was reset: forget what was popped from it. */
    default void queueReset(int queue) {}
}
