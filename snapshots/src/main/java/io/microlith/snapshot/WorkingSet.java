// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The pages that a machine wanted after it was restored, in the order in which it first did, as a {@link Recording}
 * finds them. Belongs to one snapshot. Immutable.
 */
public final class WorkingSet {
    /** The name of its file in a snapshot's directory. */
    public static final String FILE = "working-set";

    private final Fingerprint snapshot;
    private final int[] trace;
    private final List<Run> runs;

    /**
     * Pages one after the other that have a content.
     *
     * @param begin the number of the first
     * @param count how many
     */
    record Run(int begin, int count) {
        long bytes() {
            return (long) count * MemoryImage.PAGE;
        }

        int end() {
            return begin + count;
        }
    }

    WorkingSet(Fingerprint snapshot, int[] trace, List<Run> runs) {
        this.snapshot = snapshot;
        this.trace = trace.clone();
        this.runs = List.copyOf(runs);
    }

    /**
     * Of pages in the order of their first use.
     *
     * @param data the pages of the memory that are not all zeros
     * @param extents pages at which an extent begins, and no run goes on
     */
    static WorkingSet of(Fingerprint snapshot, int[] trace, BitSet data, BitSet extents) {
        return new WorkingSet(snapshot, trace, runs(trace, data, extents));
    }

    private static List<Run> runs(int[] trace, BitSet data, BitSet extents) {
        record Found(Run run, int order) {}
        // Number and order in one word: a sort without objects.
        long[] pages = IntStream.range(0, trace.length)
                .filter(i -> data.get(trace[i]))
                .mapToLong(i -> (long) trace[i] << Integer.SIZE | i)
                .sorted()
                .toArray();
        List<Found> found = new ArrayList<>();
        int next;
        for (int i = 0; i < pages.length; i = next) {
            int begin = (int) (pages[i] >>> Integer.SIZE);
            int order = (int) pages[i];
            next = i + 1;
            while (next < pages.length
                    && pages[next] >>> Integer.SIZE == begin + next - i
                    && !extents.get(begin + next - i)) {
                order = Math.min(order, (int) pages[next]);
                next++;
            }
            found.add(new Found(new Run(begin, next - i), order));
        }
        return found.stream()
                .sorted(Comparator.comparingInt(Found::order))
                .map(Found::run)
                .toList();
    }

    /** How many pages it has, those of zeros included. */
    public int size() {
        return trace.length;
    }

    /** The numbers of the pages in the saved memory, in the order in which they were first wanted. */
    public int[] trace() {
        return trace.clone();
    }

    /** Whose it is. */
    Fingerprint snapshot() {
        return snapshot;
    }

    /** Those that have a content, neighbours in one run, in the order in which one of a run was first wanted. */
    List<Run> runs() {
        return runs;
    }

    /** How many have a content. */
    int contents() {
        return runs.stream().mapToInt(Run::count).sum();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WorkingSet set
                && snapshot.equals(set.snapshot)
                && Arrays.equals(trace, set.trace)
                && runs.equals(set.runs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(trace);
    }

    @Override
    public String toString() {
        return "WorkingSet[pages=" + trace.length + " runs=" + runs.size() + "]";
    }
}
