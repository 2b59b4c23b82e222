// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.reap;

import io.microlith.snapshot.Paging;
import io.microlith.snapshot.RestoreStrategy;
import io.microlith.snapshot.pager.PagerEvents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** A way to restore, as it is measured. */
enum Way {
    /** Pages on demand from a file that is mapped; what others call vanilla. */
    MAPPED,
    /** Pages on demand by userfaultfd. */
    LAZY,
    /** REAP's. */
    PREFETCH,
    /** The same, while the machine runs. */
    OVERLAPPED,
    /** Straight into huge pages. */
    DIRECT,
    /** Pages on demand from a file that is in the page cache. */
    HOT;

    /** What {@link RestoreStrategy#BEST} takes where there is a working set that is not in the page cache. */
    static final Way BEST = DIRECT;

    /** The field of /proc/PID/stat, counted behind the name in parentheses; see proc_pid_stat(5). */
    private static final int MAJFLT = 9;

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    private RestoreStrategy strategy() {
        return switch (this) {
            case MAPPED, HOT -> RestoreStrategy.MAPPED;
            case LAZY -> RestoreStrategy.LAZY;
            case PREFETCH -> RestoreStrategy.PREFETCH;
            case OVERLAPPED -> RestoreStrategy.OVERLAPPED;
            case DIRECT -> RestoreStrategy.DIRECT;
        };
    }

    /**
     * What one invocation took.
     *
     * @param millis from the snapshot to the answer
     * @param faults how often somebody waited for a page from the medium, or from the pager
     */
    record Cost(double millis, double faults) {}

    /** Invokes a function once. */
    Cost invoke(Function function) {
        if (this != HOT) {
            function.dropCache();
        }
        LongAdder misses = new LongAdder();
        PagerEvents counter = new PagerEvents() {
            @Override
            public void onMiss(long page, long count, long nanos) {
                misses.add(count);
            }
        };
        long before = majorFaults();
        double millis = function.invoke(strategy() instanceof Paging paging ? paging.events(counter) : strategy());
        return new Cost(millis, majorFaults() - before + misses.sum());
    }

    /** Of this process so far. */
    private static long majorFaults() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[MAJFLT]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
