// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import java.util.List;
import java.util.Optional;

/** The driver's side of a virtqueue in guest memory. One thread. */
public interface DriverQueue {
    /** The same queue in a machine with a copy of this one's memory. */
    DriverQueue in(GuestHeap elsewhere);

    /** The number of elements. */
    int size();

    /** Where the device finds its descriptor area. */
    long descriptorArea();

    /** Where the device finds the driver area. */
    long driverArea();

    /** Where the device finds the device area. */
    long deviceArea();

    /**
     * Makes a chain available.
     *
     * @return what {@link #poll} will call it
     * @throws IllegalStateException if there are not as many descriptors free
     */
    int add(List<GuestBuffer> buffers);

    /** Makes a chain available. */
    default int add(GuestBuffer... buffers) {
        return add(List.of(buffers));
    }

    /** Makes a chain available whose descriptors are in a table of their own: it takes one of the queue's. */
    int addIndirect(List<GuestBuffer> buffers);

    /** Takes the next chain the device gave back, if there is one. */
    Optional<UsedBuffer> poll();

    /** Whether the device wants to be notified of the chains added since this was last asked. */
    boolean wantsNotification();

    /** Asks the device for no interrupts. */
    void disableInterrupts();

    /** Asks the device for an interrupt with the next chain it gives back. */
    void enableInterrupts();
}
