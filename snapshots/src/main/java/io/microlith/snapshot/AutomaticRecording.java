// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.Vm;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.error.VmmException;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.PageBacking;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores the machines of one snapshot with the working set that is known, and records it when there is none, or one
 * that has come to miss much: a strategy for any number of machines. Any thread.
 *
 * <p>The first machine is restored lazily, and what it wants is saved beside the snapshot. From then on, what machines
 * miss is counted; where that is more than is tolerated, the union of what was known and what was missed is saved. A
 * union that has grown to twice what it began as is found out anew, for much of it is wanted no more.
 *
 * <p>That is done when a machine has responded, be it that its guest says so ({@link io.microlith.vmm.Vm#responded}),
 * on a thread of its own then, or that the embedder does by {@link #answered}.
 *
 * <pre>{@code
 * AutomaticRecording strategy = new AutomaticRecording(snapshot, RestoreStrategy.DIRECT);
 * try (Vm vm = VmBuilder.on(kvm).restore(snapshot.restoration(strategy)).build()) {
 *     vm.start();
 *     // The machine has answered its request.
 *     strategy.answered(vm);
 * }
 * }</pre>
 */
public final class AutomaticRecording implements RestoreStrategy {
    private static final Logger LOG = LoggerFactory.getLogger(AutomaticRecording.class);

    private static final double TOLERATED = 0.1;
    private static final int GROWN = 2;

    /** What is done with a machine while there is nothing to prefetch for it. */
    private enum Unknown {
        RECORD,
        MAP
    }

    private final Snapshot snapshot;
    private final Paging strategy;
    private final double tolerated;
    private final Unknown unknown;

    /** Those of machines that have not answered, with their VMs' names. Guarded by this, as what follows. */
    private final Map<Attempt, String> attempts = new LinkedHashMap<>();

    private int machines;
    private long known;
    private long missed;
    private int saved;

    /** How large the working set was when it was recorded from nothing; 0 if that was not here. */
    private int first;

    private boolean anew;

    /**
     * A machine that was restored.
     *
     * @param fresh whether nothing was prefetched
     * @param settled completed when it was closed, or what there was to save is saved
     */
    private record Attempt(Recording recording, boolean fresh, CompletableFuture<Boolean> settled) {
        Attempt(Recording recording, boolean fresh) {
            this(recording, fresh, new CompletableFuture<>());
        }
    }

    /**
     * What has come of it.
     *
     * @param machines how many have answered
     * @param known pages that were prefetched for them, all in all
     * @param missed pages that they wanted beside these
     * @param saved how often a working set was saved
     */
    public record Statistics(int machines, long known, long missed, int saved) {}

    /**
     * Of a snapshot.
     *
     * @param strategy how machines are restored when there is a working set: one that prefetches it, from the
     *     snapshot's own files
     */
    public AutomaticRecording(Snapshot snapshot, Paging strategy) {
        this(snapshot, strategy, TOLERATED);
    }

    /**
     * The same with another tolerance than 0.1.
     *
     * @param tolerated the part of the pages that are known up to which a machine may miss others
     */
    public AutomaticRecording(Snapshot snapshot, Paging strategy, double tolerated) {
        this(snapshot, strategy, tolerated, Unknown.RECORD);
    }

    private AutomaticRecording(Snapshot snapshot, Paging strategy, double tolerated, Unknown unknown) {
        if (!(tolerated >= 0)) {
            throw new IllegalArgumentException(tolerated + " is no part of what is known");
        }
        this.snapshot = snapshot;
        this.strategy = strategy;
        this.tolerated = tolerated;
        this.unknown = unknown;
    }

    /**
     * {@link RestoreStrategy#BEST}, which keeps a working set up to date that is there: where that is prefetched, what
     * machines miss is counted. A machine for which it is not, because there is none or it is in the page cache, has
     * the file mapped, and is not counted.
     */
    public static AutomaticRecording best(Snapshot snapshot) {
        return new AutomaticRecording(snapshot, DIRECT, TOLERATED, Unknown.MAP);
    }

    @Override
    public MachineMemory map(Snapshot from, String vm, PageBacking backing) {
        return unknown == Unknown.RECORD
                ? attended(begin(vm), from, vm, backing)
                : Best.map(from, vm, backing, () -> counted(from, vm, backing));
    }

    private Optional<MachineMemory> counted(Snapshot from, String vm, PageBacking backing) throws IOException {
        return Supervised.run(Paging.PATIENCE, _ -> worthPrefetching(), _ -> {})
                .map(known -> attended(begin(known), from, vm, backing));
    }

    private Optional<WorkingSet> worthPrefetching() {
        return snapshot.workingSet().filter(set -> !CacheProbe.isCached(snapshot.memory(), set));
    }

    private MachineMemory attended(Attempt attempt, Snapshot from, String vm, PageBacking backing) {
        MachineMemory memory = attempt.recording().map(from, vm, backing);
        synchronized (this) {
            attempts.put(attempt, vm);
        }
        return new Attended(memory, () -> responded(vm, attempt), () -> forget(attempt));
    }

    /** A medium may keep it waiting, and so it holds nothing that others wait for. */
    private Attempt begin(String vm) {
        if (!isAnew() && snapshot.hasWorkingSet()) {
            try {
                return new Attempt(Recording.from(snapshot, strategy), false);
            } catch (InvalidStateException e) {
                LOG.warn("vm={} has its working set recorded anew: {}", vm, e.getMessage());
                recordAnew();
            }
        }
        return new Attempt(new Recording(snapshot), true);
    }

    private synchronized boolean isAnew() {
        return anew;
    }

    private synchronized void recordAnew() {
        anew = true;
    }

    private synchronized Attempt begin(WorkingSet set) {
        return anew
                ? new Attempt(new Recording(snapshot), true)
                : new Attempt(new Recording(snapshot, strategy, set.trace()), false);
    }

    /** A machine is closed: it does not count if it has not responded, and waits for what is being saved if it has. */
    private void forget(Attempt attempt) {
        boolean early;
        synchronized (this) {
            early = attempts.remove(attempt) != null;
        }
        if (!early) {
            // A medium that does not answer keeps the thread that writes to it, and nobody else for ever.
            var _ = attempt.settled()
                    .completeOnTimeout(false, Paging.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        }
    }

    /** A guest said so, or the embedder, who is not to wait. */
    private void responded(String vm, Attempt attempt) {
        synchronized (this) {
            if (attempts.remove(attempt) == null) {
                return;
            }
        }
        if (isWorthSaving(attempt)) {
            Thread.ofPlatform().daemon().name("working-set").start(() -> saveQuietly(vm, attempt));
        } else {
            attempt.settled().complete(false);
        }
    }

    private void saveQuietly(String vm, Attempt attempt) {
        try {
            save(attempt);
        } catch (VmmException e) {
            LOG.warn("vm={} the working set is as it was: {}", vm, e.getMessage());
        } finally {
            attempt.settled().complete(true);
        }
    }

    /**
     * A machine has done what it was restored for: what it wants from now on does not count. Without effect for one
     * that has said so before, or was not restored by this. Says {@link Vm#responded} as well.
     *
     * @return whether a working set was saved
     * @throws SnapshotException if it cannot be written; the one that was there is as before
     */
    public boolean answered(Vm vm) {
        Optional<Attempt> found = take(vm.config().id());
        vm.responded();
        if (found.isEmpty()) {
            return false;
        }
        Attempt attempt = found.get();
        try {
            boolean worth = isWorthSaving(attempt);
            if (worth) {
                save(attempt);
            }
            return worth;
        } finally {
            attempt.settled().complete(true);
        }
    }

    /** That of a machine, by its name; of several with one name the first that was restored. */
    private synchronized Optional<Attempt> take(String vm) {
        Optional<Attempt> found = attempts.entrySet().stream()
                .filter(known -> known.getValue().equals(vm))
                .map(Map.Entry::getKey)
                .findFirst();
        found.ifPresent(attempts::remove);
        return found;
    }

    /** Counts a machine that has responded. */
    private boolean isWorthSaving(Attempt attempt) {
        Recording recording = attempt.recording();
        recording.stop();
        int before = recording.known();
        int misses = recording.misses();
        synchronized (this) {
            machines++;
            known += before;
            missed += misses;
            return attempt.fresh() ? anew || !snapshot.hasWorkingSet() : misses > tolerated * before;
        }
    }

    private void save(Attempt attempt) {
        noteSaved(attempt, attempt.recording().save().size());
    }

    private synchronized void noteSaved(Attempt attempt, int size) {
        saved++;
        if (attempt.fresh() || first == 0) {
            first = size;
            anew = false;
        } else if (size >= GROWN * first) {
            anew = true;
        }
    }

    /** What has come of it so far. */
    public synchronized Statistics statistics() {
        return new Statistics(machines, known, missed, saved);
    }

    /** {@code automatic}. */
    @Override
    public String toString() {
        return "automatic";
    }
}
