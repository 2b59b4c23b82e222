// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.bus.MmioDevice;
import java.util.function.LongSupplier;

/** Answers reads with what the test says and keeps what is written. */
final class Register implements MmioDevice {
    private final LongSupplier reads;
    private volatile long written;

    Register(LongSupplier reads) {
        this.reads = reads;
    }

    @Override
    public long read(long offset, int size) {
        return reads.getAsLong();
    }

    @Override
    public void write(long offset, int size, long value) {
        written = value;
    }

    long written() {
        return written;
    }
}
