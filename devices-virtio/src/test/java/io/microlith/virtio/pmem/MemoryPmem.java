// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pmem;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/** Persistent memory that is not persistent, the same for all who ask, with a flush of the test's. */
record MemoryPmem(int flushed) implements PmemBackend {
    private static final MemorySegment MEMORY = Arena.global().allocate(PmemDevice.ALIGNMENT, 4096);

    /** A configuration whose flushes go well. */
    static PmemConfig config() {
        return config(0);
    }

    static PmemConfig config(int flushed) {
        Supplier<PmemBackend> source = () -> new MemoryPmem(flushed);
        return PmemConfig.of(source);
    }

    @Override
    public MemorySegment memory() {
        return MEMORY;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public int flush() {
        return flushed;
    }

    @Override
    public boolean isWhole() {
        return true;
    }

    @Override
    public void close() {}
}
