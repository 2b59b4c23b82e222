// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.BitSet;

/**
 * Guest memory that notes which pages this process writes: devices, loaders, the embedder. What the guest writes is the
 * hypervisor's to note.
 *
 * <p>A page counts as written when {@link #slice} or {@link #hostAddress} gives it out. Who keeps what these gave out
 * for longer than the VM runs without being frozen writes it unseen.
 */
public final class WatchedMemory extends GuardedMemory {
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

    private final PageNumbers numbers;
    private final long[] written;

    /** Which words of {@link #written} may have a bit, set after that. */
    private final long[] touched;

    /** Memory of which nothing was written yet. */
    public WatchedMemory(GuestMemory memory) {
        super(memory);
        numbers = PageNumbers.of(memory.regions());
        written = new long[words(numbers.count())];
        touched = new long[words(written.length)];
    }

    private static int words(long bits) {
        return Math.toIntExact((bits + Long.SIZE - 1) / Long.SIZE);
    }

    @Override
    protected void beforeWrite(long gpa, long length) {
        // What is not memory is refused by the access itself.
        int region = numbers.region(gpa, length);
        if (region >= 0) {
            note(numbers.page(region, gpa), numbers.page(region, gpa + length - 1));
        }
    }

    private void note(long first, long last) {
        for (long page = first; page <= last; page++) {
            int word = (int) (page / Long.SIZE);
            if (set(written, word, page)) {
                set(touched, word / Long.SIZE, word);
            }
        }
    }

    /** Returns whether it was not set. Most are, since most writes are to a page that was written before. */
    private static boolean set(long[] words, int word, long bit) {
        long mask = 1L << bit;
        return (words[word] & mask) == 0 && ((long) WORDS.getAndBitwiseOr(words, word, mask) & mask) == 0;
    }

    @Override
    public int discard(long gpa, long length) {
        beforeWrite(gpa, length);
        return super.discard(gpa, length);
    }

    /**
     * Takes the pages that were written since the last time, counted over all regions. While nobody writes: what is
     * written meanwhile may be in this answer or in the next one.
     */
    public BitSet take() {
        BitSet pages = new BitSet();
        for (int i = 0; i < touched.length; i++) {
            for (long some = (long) WORDS.getAndSet(touched, i, 0L); some != 0; some &= some - 1) {
                int word = i * Long.SIZE + Long.numberOfTrailingZeros(some);
                for (long bits = (long) WORDS.getAndSet(written, word, 0L); bits != 0; bits &= bits - 1) {
                    pages.set(word * Long.SIZE + Long.numberOfTrailingZeros(bits));
                }
            }
        }
        return pages;
    }
}
