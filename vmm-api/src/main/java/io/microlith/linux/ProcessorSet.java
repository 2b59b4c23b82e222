// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/** Some of the host's processors, for a thread to run on: {@code cpu_set_t}. Immutable; platform threads only. */
public final class ProcessorSet {
    /** sizeof(cpu_set_t) of glibc: 1024 processors. */
    private static final long SIZE = 128;

    private static final MemorySegment GETAFFINITY = Libc.function("sched_getaffinity");
    private static final MemorySegment SETAFFINITY = Libc.function("sched_setaffinity");

    private final BitSet processors;

    private ProcessorSet(BitSet processors) {
        this.processors = processors;
    }

    /** One processor, which the host need not have. */
    public static ProcessorSet of(int processor) {
        if (!fits(processor)) {
            throw new IllegalArgumentException("processor=" + processor);
        }
        BitSet set = new BitSet();
        set.set(processor);
        return new ProcessorSet(set);
    }

    private static boolean fits(int processor) {
        return processor >= 0 && processor < SIZE * Byte.SIZE;
    }

    /** Those the calling thread may run on. */
    public static ProcessorSet ofThread() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(SIZE, JAVA_LONG.byteAlignment());
            SystemCallException.check(
                    Libc.call(GETAFFINITY, 0, SIZE, mask.address()), "sched_getaffinity", "the calling thread");
            return new ProcessorSet(BitSet.valueOf(mask.toArray(JAVA_LONG)));
        }
    }

    /** Whether a thread could be {@linkplain #restrictThread restricted} to a processor. The calling thread is not. */
    public static boolean canHold(int processor) {
        if (!fits(processor)) {
            return false;
        }
        ProcessorSet before = ofThread();
        if (before.processors.get(processor)) {
            // To try would move the thread to that processor and back.
            return true;
        }
        if (of(processor).apply() < 0) {
            return false;
        }
        before.restrictThread();
        return true;
    }

    /**
     * Has the calling thread run on these only, from now on.
     *
     * @throws SystemCallException if the host has none of them or the process may use none
     */
    public void restrictThread() {
        SystemCallException.check(apply(), "sched_setaffinity", () -> "processors=" + this);
    }

    private int apply() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(SIZE, JAVA_LONG.byteAlignment());
            long[] words = processors.toLongArray();
            MemorySegment.copy(words, 0, mask, JAVA_LONG, 0, words.length);
            return Libc.call(SETAFFINITY, 0, SIZE, mask.address());
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ProcessorSet that && processors.equals(that.processors);
    }

    @Override
    public int hashCode() {
        return processors.hashCode();
    }

    /** The numbers, as in {@code {0, 1}}. */
    @Override
    public String toString() {
        return processors.toString();
    }
}
