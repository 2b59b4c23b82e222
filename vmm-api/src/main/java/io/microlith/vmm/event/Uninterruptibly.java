// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

/**
 * Waits that an interrupt does not cut short: it is remembered, and the thread is interrupted after them. Any thread.
 */
public final class Uninterruptibly {
    private Uninterruptibly() {}

    /** Something that waits, and can be begun again. */
    @FunctionalInterface
    public interface Wait {
        /** Waits. */
        void run() throws InterruptedException;
    }

    /** Waits to the end. */
    public static void run(Wait wait) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    wait.run();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
