// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.virtio.VirtioContext;
import io.microlith.vmm.event.Timer;
import org.jspecify.annotations.Nullable;

/**
 * How long the guest's console waits for a terminal that takes nothing. Linux writes to it with interrupts off and
 * spins until the host has the bytes: to wait for ever, as other ports do, would stop the guest for ever. One thread.
 */
final class Patience implements AutoCloseable {
    private static final long NANOS = 1_000_000_000;

    private @Nullable Timer timer;
    private boolean waiting;
    private boolean over;

    /** The terminal takes nothing: {@code then} is run, exclusively, when that was long enough. */
    void begin(VirtioContext context, Runnable then) {
        if (waiting) {
            return;
        }
        waiting = true;
        Timer made = timer;
        if (made == null) {
            made = new Timer(context.loop(), context.exclusive(() -> {
                over = waiting;
                then.run();
            }));
            timer = made;
        }
        made.arm(NANOS, 0);
    }

    /** Whether it was long enough. */
    boolean isOver() {
        return over;
    }

    /** The terminal takes something again. */
    void reset() {
        over = false;
        if (waiting) {
            waiting = false;
            if (timer != null) {
                timer.disarm();
            }
        }
    }

    @Override
    public void close() {
        if (timer != null) {
            timer.close();
        }
    }
}
