// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.micro;

import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;

/** A device that adds up what it is written. */
final class SumDevice implements PioDevice, MmioDevice {
    private long sum;

    @Override
    public int read(int offset, int size) {
        return offset;
    }

    @Override
    public void write(int offset, int size, int value) {
        sum += value;
    }

    @Override
    public long read(long offset, int size) {
        return offset;
    }

    @Override
    public void write(long offset, int size, long value) {
        sum += value;
    }

    long sum() {
        return sum;
    }
}
