// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.clones;

import io.microlith.benchmarks.guest.Moment;
import io.microlith.vmm.bus.PioDevice;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What a guest asks again and again what to do: notes when it does, and has it wait while nobody wants it to run. */
final class Gate implements PioDevice {
    private static final int PATIENCE_SECONDS = 60;

    /** So long a vCPU does not come out of a closed gate when it is wanted. */
    private static final long WAIT_NANOS = 1_000_000;

    private final AtomicReference<@Nullable Moment> next = new AtomicReference<>();
    private volatile boolean open = true;

    /** The guest's next question. */
    Moment arm() {
        Moment moment = new Moment("run", PATIENCE_SECONDS);
        next.set(moment);
        return moment;
    }

    /** Lets the guest ask as fast as it can. */
    void open() {
        open = true;
    }

    /** Has it wait. */
    void close() {
        open = false;
    }

    @Override
    public int read(int offset, int size) {
        Moment moment = next.getAndSet(null);
        if (moment != null) {
            moment.happen();
        }
        if (!open) {
            LockSupport.parkNanos(WAIT_NANOS);
        }
        return 0;
    }

    @Override
    public void write(int offset, int size, int value) {
        // The guest only asks.
    }
}
