// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import java.util.BitSet;
import java.util.List;

/** Some pages of a memory, and where each is if they are one after the other in a file. Immutable; any thread. */
public final class PackedPages {
    private static final long PAGE = 4096;

    private final BitSet pages;

    /** How many there are before each word of 64. */
    private final int[] before;

    /** Those that a set has now. */
    public PackedPages(BitSet pages) {
        this.pages = (BitSet) pages.clone();
        long[] words = this.pages.toLongArray();
        before = new int[words.length + 1];
        for (int i = 0; i < words.length; i++) {
            before[i + 1] = before[i] + Long.bitCount(words[i]);
        }
    }

    /** The bytes that all of them take. */
    public long size() {
        return before[before.length - 1] * PAGE;
    }

    /** How many they are. */
    public int count() {
        return before[before.length - 1];
    }

    /** Where a page is that is one of them, in bytes. Those in a row are in a row there. */
    public long place(int page) {
        int word = page / Long.SIZE;
        return (before[word] + pages.get(word * Long.SIZE, page).cardinality()) * PAGE;
    }

    /**
     * Those of them that are seen where others lie above: the caller's own.
     *
     * @param above of which a page hides the one here
     */
    public BitSet visible(List<PackedPages> above) {
        BitSet seen = toBitSet();
        above.forEach(others -> others.hideFrom(seen));
        return seen;
    }

    /** Takes them out of a set of pages that lie below. */
    public void hideFrom(BitSet below) {
        below.andNot(pages);
    }

    /** Them all: the caller's own. */
    public BitSet toBitSet() {
        return (BitSet) pages.clone();
    }

    /** Whether they are the same pages. */
    @Override
    public boolean equals(Object other) {
        return other instanceof PackedPages packed && pages.equals(packed.pages);
    }

    @Override
    public int hashCode() {
        return pages.hashCode();
    }

    @Override
    public String toString() {
        return count() + " pages";
    }
}
