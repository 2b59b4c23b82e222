// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.error.DeviceException;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.event.EventLoopThread;

/** Whose thread handles a device's queues. */
@FunctionalInterface
public interface LoopChoice {
    /** The loop that all devices of the VM share. */
    LoopChoice SHARED = context -> lease(context.eventLoop(), () -> {});

    /** A loop with a thread for the device alone. */
    LoopChoice OWN = LoopChoice::ownThread;

    /**
     * A loop of the embedder's, which runs it for as long as the VM lives: several devices, of several VMs even, can
     * share one.
     */
    static LoopChoice of(EventLoop loop) {
        return _ -> lease(loop, () -> {});
    }

    /** Provides the loop of a device that is being made. */
    Lease lease(DeviceContext context);

    /** A loop, for as long as a device uses it. */
    interface Lease extends AutoCloseable {
        /** The loop. */
        EventLoop loop();

        /** The device does not need it any more. */
        @Override
        void close();
    }

    private static Lease ownThread(DeviceContext context) {
        String name = context.id().toString();
        EventLoopThread thread = new EventLoopThread(
                name, cause -> context.control().fail(new DeviceException(name, "its thread ended", cause)));
        return lease(thread.loop(), thread::close);
    }

    private static Lease lease(EventLoop loop, Runnable close) {
        return new Lease() {
            @Override
            public EventLoop loop() {
                return loop;
            }

            @Override
            public void close() {
                close.run();
            }
        };
    }
}
