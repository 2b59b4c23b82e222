// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.linux.Errno;
import io.microlith.virtio.VirtioContext;
import io.microlith.virtio.limit.RateLimiter;
import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.virtio.queue.VirtQueue;

/**
 * Gives a driver the frames of one queue pair, for as long as the driver lives. Between two calls no chain is popped,
 * so the queue can be saved or reset at any time. Allocates nothing.
 */
final class Receiver {
    /** What a frame is expected to take before there was one. */
    private static final long SHORT_FRAME = 1536;

    /** After so many bytes the driver hears of them though there may be more, so that both sides work at once. */
    private static final long BATCH = 128 << 10;

    private final VirtioContext context;
    private final int pair;
    private final int index;
    private final NetBackend backend;
    private final RateLimiter limiter;
    private final NetEvents events;
    private final DescriptorChain chain;
    private final RxFrame frame;
    private final boolean mergeable;
    private final boolean checksums;
    private VirtQueue queue;

    /** The bytes of a frame that was received and waits for buffers, in the frame's overflow; 0 if there is none. */
    private long waiting;

    /** What the next frame probably takes. */
    private long expected = SHORT_FRAME;

    /** Whether the driver rings when it gives buffers. */
    private boolean ringing = true;

    /** The bytes that the driver has not heard of. */
    private long unheard;

    private Pause pause = Pause.IDLE;
    private long delay;

    Receiver(
            VirtioContext context,
            int pair,
            NetBackend backend,
            NetConfig config,
            DescriptorChain chain,
            RxFrame frame) {
        this.context = context;
        this.pair = pair;
        this.backend = backend;
        this.chain = chain;
        this.frame = frame;
        index = 2 * pair;
        queue = context.queue(index);
        limiter = config.receiveLimiter();
        events = config.events();
        mergeable = context.has(NetLayout.F_MRG_RXBUF);
        checksums = context.has(Offload.CHECKSUM.receiving);
    }

    /** Receives what there is. Returns why not more. */
    Pause run() {
        queue = context.queue(index);
        if (ringing) {
            queue.disableNotification();
            ringing = false;
        }
        pause = Pause.INTERRUPTED;
        // A run that failed may have left some.
        frame.clear();
        boolean goOn = true;
        while (goOn && context.mayGoOn(index)) {
            goOn = waiting == 0 ? receive() : deliver(0, waiting);
        }
        frame.undo(queue);
        interrupt();
        return pause;
    }

    /** With {@link Pause#THROTTLED}, how many nanoseconds. */
    long delay() {
        return delay;
    }

    /** The queue was reset. */
    void reset() {
        waiting = 0;
        ringing = true;
    }

    private void interrupt() {
        unheard = 0;
        if (queue.needsNotification()) {
            context.interrupt(index).signal();
        }
    }

    /** Receives a frame. Returns whether there may be another one. */
    private boolean receive() {
        delay = limiter.delay();
        if (delay > 0) {
            events.onThrottled();
            return pauseFor(Pause.THROTTLED);
        }
        while (frame.room() < expected && (mergeable || frame.chains() == 0) && pop()) {
            // One more.
        }
        if (frame.chains() == 0) {
            return starve();
        }
        long bytes = backend.receive(pair, frame);
        if (bytes < 0) {
            frame.undo(queue);
            return bytes == -Errno.EINTR || pauseFor(bytes == -Errno.EAGAIN ? Pause.IDLE : Pause.DISCONNECTED);
        }
        limiter.charge(bytes - NetLayout.HEADER_SIZE);
        return deliver(frame.room(), bytes);
    }

    /** Asks the driver to ring. Returns whether there are buffers already. */
    private boolean starve() {
        if (queue.enableNotification()) {
            queue.disableNotification();
            return true;
        }
        ringing = true;
        events.onStarved();
        return pauseFor(Pause.FULL);
    }

    private boolean pauseFor(Pause cause) {
        pause = cause;
        return false;
    }

    /** Takes a chain for the frame. The first has to have room for the header. */
    private boolean pop() {
        while (queue.pop(chain)) {
            if (frame.chains() != 0 || chain.writableBytes() >= NetLayout.HEADER_SIZE) {
                if (frame.add(chain)) {
                    return true;
                }
                queue.undoPop();
                return false;
            }
            queue.addUsed(chain.head(), 0);
            events.onRefused();
            if (!context.mayGoOn(index)) {
                return false;
            }
        }
        return false;
    }

    /**
     * Gives the driver a frame, of which the first bytes may be in buffers already.
     *
     * @return whether to go on
     */
    private boolean deliver(long inBuffers, long bytes) {
        do {
            while (frame.room() < bytes && (mergeable || frame.chains() == 0) && pop()) {
                // One more.
            }
            if (RxFrame.isFrame(bytes) && frame.room() >= bytes) {
                return finish(inBuffers, bytes);
            }
            if (!RxFrame.isFrame(bytes) || neverFits()) {
                return drop();
            }
            // All there are are popped: the driver is asked to ring for what comes after them.
        } while (starve() && context.mayGoOn(index));
        frame.keep(inBuffers);
        frame.undo(queue);
        waiting = bytes;
        return false;
    }

    /** Whether it is of no use to wait for more buffers. */
    private boolean neverFits() {
        return !mergeable && frame.chains() != 0 || frame.chains() == queue.size() || frame.isFull();
    }

    private boolean drop() {
        frame.undo(queue);
        waiting = 0;
        events.onReceiveDropped();
        return true;
    }

    private boolean finish(long inBuffers, long bytes) {
        if (inBuffers < bytes) {
            frame.spread(inBuffers, bytes);
        }
        if (!checksums) {
            // The host says what it has checked to who did not ask, too.
            frame.putByte(0, (byte) 0);
        }
        frame.finish(queue, bytes);
        waiting = 0;
        expected = bytes >= expected ? bytes : expected - (expected - bytes) / 8;
        events.onReceived(bytes - NetLayout.HEADER_SIZE);
        unheard += bytes;
        if (unheard >= BATCH) {
            interrupt();
        }
        return true;
    }
}
