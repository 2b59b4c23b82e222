// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Guest memory that notes which pages this process writes: devices, loaders, the embedder. What the guest writes is the
 * hypervisor's to note.
 *
 * <p>A page counts as written when {@link #slice} or {@link #hostAddress} gives it out. Who keeps what these gave out
 * for longer than the VM runs without being frozen writes it unseen.
 */
public final class WatchedMemory extends GuardedMemory {
    private static final long PAGE = 4096;

    private final long[] bases;
    private final long[] sizes;
    private final int[] firstPages;
    private final AtomicLongArray written;

    /** Which words of {@link #written} may have a bit, set after that. */
    private final AtomicLongArray touched;

    /** Memory of which nothing was written yet. */
    public WatchedMemory(GuestMemory memory) {
        super(memory);
        List<GuestRegion> regions = memory.regions();
        bases = regions.stream().mapToLong(GuestRegion::gpa).toArray();
        sizes = regions.stream().mapToLong(GuestRegion::size).toArray();
        firstPages = new int[bases.length];
        long pages = 0;
        for (int i = 0; i < bases.length; i++) {
            firstPages[i] = Math.toIntExact(pages);
            pages += (sizes[i] + PAGE - 1) / PAGE;
        }
        written = new AtomicLongArray(words(pages));
        touched = new AtomicLongArray(words(written.length()));
    }

    private static int words(long bits) {
        return Math.toIntExact((bits + Long.SIZE - 1) / Long.SIZE);
    }

    @Override
    protected void beforeWrite(long gpa, long length) {
        // What is not memory is refused by the access itself.
        for (int i = 0; i < bases.length; i++) {
            long offset = gpa - bases[i];
            if (offset >= 0 && length > 0 && offset <= sizes[i] - length) {
                note(firstPages[i] + offset / PAGE, firstPages[i] + (offset + length - 1) / PAGE);
                return;
            }
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
    private static boolean set(AtomicLongArray words, int word, long bit) {
        long mask = 1L << bit;
        return (words.get(word) & mask) == 0
                && (words.getAndAccumulate(word, mask, (had, more) -> had | more) & mask) == 0;
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
        for (int i = 0; i < touched.length(); i++) {
            for (long some = touched.getAndSet(i, 0); some != 0; some &= some - 1) {
                int word = i * Long.SIZE + Long.numberOfTrailingZeros(some);
                for (long bits = written.getAndSet(word, 0); bits != 0; bits &= bits - 1) {
                    pages.set(word * Long.SIZE + Long.numberOfTrailingZeros(bits));
                }
            }
        }
        return pages;
    }
}
