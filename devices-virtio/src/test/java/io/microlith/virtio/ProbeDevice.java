// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.virtio.queue.DescriptorChain;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A device with queues, whose requests are a test's. */
final class ProbeDevice implements VirtioDevice {
    private static final int QUEUE_SIZE = 64;

    final AtomicInteger served = new AtomicInteger();
    final AtomicInteger deactivated = new AtomicInteger();
    final List<Integer> notified = new ArrayList<>();
    private final int queues;
    private final DescriptorChain chain = new DescriptorChain(QUEUE_SIZE);
    private final Runnable request;
    private volatile @Nullable VirtioContext context;

    /** Makes a device with one queue that does the same for every request. */
    ProbeDevice(Runnable request) {
        this(1, request);
    }

    /** Makes a device with so many, that does nothing. */
    ProbeDevice(int queues) {
        this(queues, () -> {});
    }

    private ProbeDevice(int queues, Runnable request) {
        this.queues = queues;
        this.request = request;
    }

    /** Where the device lives, or lived last. */
    VirtioContext context() {
        return Objects.requireNonNull(context);
    }

    @Override
    public int deviceType() {
        return 42;
    }

    @Override
    public long deviceFeatures() {
        return 0;
    }

    @Override
    public List<Integer> queueSizes() {
        return Collections.nCopies(queues, QUEUE_SIZE);
    }

    @Override
    public ConfigSpace configSpace() {
        throw new IllegalStateException("as told");
    }

    @Override
    public void writeConfig(long offset, int size, long value) {
        throw new IllegalStateException("as told");
    }

    @Override
    public void activate(VirtioContext active) {
        context = active;
    }

    @Override
    public void deactivate() {
        deactivated.incrementAndGet();
    }

    @Override
    public void queueNotify(int queue) {
        notified.add(queue);
        context().serve(queue, chain, (requests, popped) -> {
            request.run();
            served.incrementAndGet();
            requests.addUsed(popped.head(), 0);
            return true;
        });
    }
}
