// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.snapshot.pager.PagerEvents;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.PageBacking;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * Finds out which pages a machine wants after it was restored: a strategy for one machine, which is restored without
 * haste, and does what those after it will do. Any thread.
 *
 * <pre>{@code
 * Recording recording = new Recording(snapshot);
 * try (Vm vm = VmBuilder.on(kvm).restore(snapshot.restoration(recording)).build()) {
 *     vm.start();
 *     // The machine has answered its first request, or said so itself.
 *     vm.responded();
 *     recording.save();
 * }
 * }</pre>
 *
 * <p>With {@link #from}, pages that are known already are prefetched, and only what was missed is added: for a machine
 * that has come to do something else.
 */
public final class Recording implements RestoreStrategy {
    private final Snapshot snapshot;
    private final Paging paging;
    private final BitSet seen = new BitSet();
    private int[] trace = new int[1024];
    private int count;
    private int known;
    private boolean ended;

    /** Begins with nothing. */
    public Recording(Snapshot snapshot) {
        this(snapshot, LAZY, new int[0]);
    }

    Recording(Snapshot snapshot, Paging paging, int[] known) {
        this.snapshot = snapshot;
        this.paging = paging.events(new Misses());
        Arrays.stream(known).forEach(this::add);
        this.known = count;
    }

    /**
     * Begins with what is known.
     *
     * @param strategy which prefetches that
     * @throws SnapshotException if there is no working set, or it cannot be read
     * @throws io.microlith.vmm.error.InvalidStateException if it is damaged, or another snapshot's
     */
    public static Recording from(Snapshot snapshot, Paging strategy) {
        if (!strategy.isLocal()) {
            throw new IllegalArgumentException("a working set is made of the snapshot's own memory file");
        }
        try {
            return new Recording(
                    snapshot, strategy, Supervised.run(strategy.patience(), _ -> trace(snapshot), _ -> {}));
        } catch (IOException e) {
            throw new SnapshotException(
                    snapshot.directory().resolve(WorkingSet.FILE),
                    "the working set cannot be read: " + e.getMessage(),
                    e);
        }
    }

    private static int[] trace(Snapshot snapshot) {
        try (WorkingSetReader reader = WorkingSetReader.open(snapshot)) {
            return reader.set().trace();
        }
    }

    @Override
    public MachineMemory map(Snapshot from, String vm, PageBacking backing) {
        if (!from.fingerprint().equals(snapshot.fingerprint())) {
            throw new IllegalArgumentException("a recording is of one snapshot, " + snapshot.directory());
        }
        return new Attended(paging.map(from, vm, backing), this::stop, () -> {});
    }

    /** How many pages were known when it began. */
    public synchronized int known() {
        return known;
    }

    /** How many pages were wanted that were not known. */
    public synchronized int misses() {
        return count - known;
    }

    /**
     * Ends it, if it has not ended: what the machine wants from now on is not part of the working set. Takes no time.
     * {@link io.microlith.vmm.Vm#responded} does that as well, and so does a guest that says that it has responded.
     */
    public synchronized void stop() {
        ended = true;
    }

    /**
     * Ends it likewise.
     *
     * @return what was wanted
     * @throws SnapshotException if the memory's file cannot be looked at
     */
    public WorkingSet end() {
        int[] wanted = ended();
        // Not under the lock: the medium may be slow, and whoever wants a page would wait for it, too.
        MemoryImage memory = snapshot.memory();
        return WorkingSet.of(snapshot.fingerprint(), wanted, memory.data(), memory.extents());
    }

    private synchronized int[] ended() {
        stop();
        return Arrays.copyOf(trace, count);
    }

    /**
     * Ends it and writes the working set beside the snapshot, where {@link RestoreStrategy#BEST} finds it. One that is
     * there is replaced.
     *
     * @throws SnapshotException if it cannot be written; one that was there is as before
     */
    public WorkingSet save() {
        WorkingSet set = end();
        new WorkingSetWriter(snapshot).write(set);
        return set;
    }

    private synchronized void add(int page) {
        if (ended || seen.get(page)) {
            return;
        }
        seen.set(page);
        if (count == trace.length) {
            trace = Arrays.copyOf(trace, 2 * count);
        }
        trace[count++] = page;
    }

    private final class Misses implements PagerEvents {
        @Override
        public void onMiss(long page, long pages, long nanos) {
            IntStream.range((int) page, (int) (page + pages)).forEach(Recording.this::add);
        }
    }

    /** {@code recording}. */
    @Override
    public String toString() {
        return "recording";
    }
}
