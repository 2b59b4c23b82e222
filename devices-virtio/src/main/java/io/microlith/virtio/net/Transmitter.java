// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.linux.Errno;
import io.microlith.virtio.ChainServer;
import io.microlith.virtio.VirtioContext;
import io.microlith.virtio.limit.RateLimiter;
import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.virtio.queue.VirtQueue;
import java.util.function.BooleanSupplier;

/**
 * Sends the frames of one queue pair, for as long as the driver lives. A frame that has to wait stays in its queue.
 * Allocates nothing.
 */
final class Transmitter {
    private final VirtioContext context;
    private final int pair;
    private final NetBackend backend;
    private final RateLimiter limiter;
    private final NetEvents events;
    private final BooleanSupplier linked;
    private final DescriptorChain chain;
    private final TxFrame frame;
    private final ChainServer server = this::serve;
    private Pause pause = Pause.IDLE;
    private long delay;

    /**
     * Makes the sending side of a pair.
     *
     * @param linked whether frames of this pair go anywhere
     */
    Transmitter(
            VirtioContext context,
            int pair,
            NetBackend backend,
            NetConfig config,
            BooleanSupplier linked,
            DescriptorChain chain,
            TxFrame frame) {
        this.context = context;
        this.pair = pair;
        this.backend = backend;
        this.linked = linked;
        this.chain = chain;
        this.frame = frame;
        limiter = config.sendLimiter();
        events = config.events();
    }

    /** Sends what there is. Returns why not more. */
    Pause run() {
        pause = Pause.IDLE;
        if (linked.getAsBoolean() && isBusy()) {
            return Pause.FULL;
        }
        context.serve(2 * pair + 1, chain, server);
        return pause;
    }

    private boolean isBusy() {
        if (backend.isBusy(pair)) {
            backend.flush(pair);
        }
        return backend.isBusy(pair);
    }

    /** With {@link Pause#THROTTLED}, how many nanoseconds. */
    long delay() {
        return delay;
    }

    private boolean serve(VirtQueue queue, DescriptorChain popped) {
        long bytes = popped.readableBytes() - NetLayout.HEADER_SIZE;
        if (bytes < NetLayout.LEAST_FRAME || bytes > NetLayout.MOST_FRAME) {
            events.onRefused();
        } else if (!linked.getAsBoolean()) {
            events.onSendDropped(0);
        } else {
            delay = limiter.delay();
            if (delay > 0) {
                events.onThrottled();
                return wait(queue, Pause.THROTTLED);
            }
            long result = backend.send(pair, frame);
            if (result == -Errno.EAGAIN || result == -Errno.EINTR) {
                return wait(queue, Pause.FULL);
            }
            limiter.charge(bytes);
            count(bytes, result);
        }
        queue.addUsed(popped.head(), 0);
        if (backend.isBusy(pair)) {
            pause = Pause.FULL;
            return false;
        }
        return true;
    }

    private void count(long bytes, long result) {
        if (result >= 0) {
            events.onSent(bytes);
            return;
        }
        events.onSendDropped((int) -result);
        if (!backend.isConnected()) {
            pause = Pause.DISCONNECTED;
        }
    }

    private boolean wait(VirtQueue queue, Pause cause) {
        queue.undoPop();
        pause = cause;
        return false;
    }
}
