// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.exit;

import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;

/** The device under measurement, which does next to nothing: counts writes and adds them up. For one vCPU. */
final class CountingDevice implements PioDevice, MmioDevice {
    private long writes;
    private long sum;

    @Override
    public int read(int offset, int size) {
        return -1;
    }

    @Override
    public void write(int offset, int size, int value) {
        count(Integer.toUnsignedLong(value));
    }

    @Override
    public long read(long offset, int size) {
        return -1;
    }

    @Override
    public void write(long offset, int size, long value) {
        count(value);
    }

    private void count(long value) {
        writes++;
        sum += value;
    }

    /** The writes so far. Exact once the vCPU's thread has handed over a batch. */
    long writes() {
        return writes;
    }

    /** What was written so far, added up. */
    long sum() {
        return sum;
    }
}
