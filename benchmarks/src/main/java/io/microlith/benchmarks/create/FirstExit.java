// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.create;

import io.microlith.benchmarks.guest.Moment;
import io.microlith.vmm.bus.PioDevice;

/** Notes when the guest first does something. */
final class FirstExit implements PioDevice {
    private static final int PATIENCE_SECONDS = 60;

    private final Moment moment = new Moment("run", PATIENCE_SECONDS);

    /** Waits for it and returns {@link System#nanoTime} of that moment. */
    long await() {
        return moment.await();
    }

    @Override
    public int read(int offset, int size) {
        moment.happen();
        return 0;
    }

    @Override
    public void write(int offset, int size, int value) {
        // The guest only asks.
    }
}
