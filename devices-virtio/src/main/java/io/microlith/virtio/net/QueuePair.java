// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.virtio.VirtioContext;
import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.vmm.event.Readiness;
import io.microlith.vmm.event.Watch;

/** Both directions of a queue pair, and what they wait for, for as long as the driver lives. */
final class QueuePair {
    private final Device device;
    private final Receiver receiver;
    private final Transmitter transmitter;
    private final Watch watch;
    private boolean started;
    private Pause receiving = Pause.IDLE;
    private Pause sending = Pause.IDLE;

    /** What a pair asks of its device. */
    interface Device {
        /** Has {@link #retry} called after some nanoseconds. */
        void retryAfter(long nanos);

        /** The backend is gone. */
        void disconnected();
    }

    /** Makes a pair, through which nothing comes yet. */
    QueuePair(
            VirtioContext context,
            int pair,
            NetBackend backend,
            NetConfig config,
            DescriptorChain chain,
            RxFrame rxFrame,
            TxFrame txFrame,
            Device device) {
        this.device = device;
        receiver = new Receiver(context, pair, backend, config, chain, rxFrame);
        transmitter = new Transmitter(context, pair, backend, config, this::isStarted, chain, txFrame);
        watch = context.loop().watch(backend.readiness(pair), Readiness.NONE, context.exclusive(this::ready));
    }

    private boolean isStarted() {
        return started;
    }

    /** Frames come and go from here on. */
    void start() {
        if (!started) {
            started = true;
            send();
            receive();
        }
    }

    /** None does: those that the guest sends are lost. */
    void stop() {
        if (started) {
            started = false;
            receiving = Pause.IDLE;
            watch.await(Readiness.NONE);
            send();
        }
    }

    /** The driver is gone. */
    void close() {
        started = false;
        watch.close();
    }

    /** The driver rang for what it sends. */
    void notifiedToSend() {
        if (sending != Pause.FULL && sending != Pause.THROTTLED) {
            send();
        }
    }

    /** The driver rang for the buffers that it gives, or others had their turn. */
    void notifiedToReceive() {
        // With nothing to receive there is nothing to do before the backend is ready.
        if (receiving != Pause.THROTTLED && receiving != Pause.IDLE) {
            receive();
        }
    }

    /** The driver reset the queue that it receives from. */
    void reset() {
        receiver.reset();
    }

    /** The backend is ready. */
    private void ready() {
        if (sending == Pause.FULL) {
            send();
        }
        receive();
    }

    /** The time is over that was waited for, here or by another pair. */
    void retry() {
        if (sending == Pause.THROTTLED) {
            send();
        }
        if (receiving == Pause.THROTTLED) {
            receive();
        }
    }

    private void send() {
        sending = transmitter.run();
        settle(sending, transmitter.delay());
    }

    private void receive() {
        if (started) {
            receiving = receiver.run();
            settle(receiving, receiver.delay());
        }
    }

    private void settle(Pause pause, long delay) {
        if (!started) {
            return;
        }
        if (pause == Pause.DISCONNECTED) {
            watch.await(Readiness.NONE);
            device.disconnected();
            return;
        }
        if (pause == Pause.THROTTLED) {
            device.retryAfter(delay);
        }
        boolean readable = receiving == Pause.IDLE || receiving == Pause.INTERRUPTED;
        if (sending == Pause.FULL) {
            watch.await(readable ? Readiness.BOTH : Readiness.WRITABLE);
        } else {
            watch.await(readable ? Readiness.READABLE : Readiness.NONE);
        }
    }
}
