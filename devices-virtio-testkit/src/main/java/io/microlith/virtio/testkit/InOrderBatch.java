// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What a used element stands for: the chain that it names, and with an order those before it. One thread. */
final class InOrderBatch {
    private final UseOrder order;

    /** Chains that the device has, as it would give them back had it filled them whole. */
    private final Deque<UsedBuffer> inFlight = new ArrayDeque<>();

    private final Deque<UsedBuffer> batch = new ArrayDeque<>();

    InOrderBatch(UseOrder order) {
        this.order = order;
    }

    InOrderBatch copy() {
        InOrderBatch copy = new InOrderBatch(order);
        copy.inFlight.addAll(inFlight);
        copy.batch.addAll(batch);
        return copy;
    }

    /** A chain was made available. */
    void added(int id, List<GuestBuffer> buffers) {
        if (order == UseOrder.IN_ORDER) {
            long writable = buffers.stream()
                    .filter(buffer -> buffer.access() == GuestBuffer.Access.WRITE)
                    .mapToLong(GuestBuffer::length)
                    .sum();
            inFlight.add(new UsedBuffer(id, writable));
        }
    }

    /** The device gave a chain back, and with an order those before it. */
    void used(UsedBuffer last) {
        while (order == UseOrder.IN_ORDER) {
            UsedBuffer next = inFlight.poll();
            if (next == null) {
                throw new IllegalStateException("the device gave back " + last.id() + ", which it does not have");
            }
            if (next.id() == last.id()) {
                break;
            }
            batch.add(next);
        }
        batch.add(last);
    }

    boolean isEmpty() {
        return batch.isEmpty();
    }

    /** Takes the next chain of the batch. */
    UsedBuffer take() {
        return batch.remove();
    }
}
