// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.Vm;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.PageBacking;
import java.util.HashMap;
import java.util.Map;
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

    private final Snapshot snapshot;
    private final Paging strategy;
    private final double tolerated;

    /** Those of machines that have not answered, by the VM's name. Guarded by this, as what follows. */
    private final Map<String, Attempt> attempts = new HashMap<>();

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
     */
    private record Attempt(Recording recording, boolean fresh) {}

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
        if (!(tolerated >= 0)) {
            throw new IllegalArgumentException(tolerated + " is no part of what is known");
        }
        this.snapshot = snapshot;
        this.strategy = strategy;
        this.tolerated = tolerated;
    }

    @Override
    public MachineMemory map(Snapshot from, String vm, PageBacking backing) {
        Attempt attempt = begin();
        MachineMemory memory = attempt.recording().map(from, vm, backing);
        synchronized (this) {
            attempts.put(vm, attempt);
        }
        return new Attended(memory, () -> forget(vm, attempt));
    }

    private synchronized Attempt begin() {
        if (!anew && snapshot.hasWorkingSet()) {
            try {
                return new Attempt(Recording.from(snapshot, strategy), false);
            } catch (InvalidStateException e) {
                LOG.warn("a working set is recorded anew: {}", e.getMessage());
                anew = true;
            }
        }
        return new Attempt(new Recording(snapshot), true);
    }

    private synchronized void forget(String vm, Attempt attempt) {
        attempts.remove(vm, attempt);
    }

    /**
     * A machine has done what it was restored for: what it wants from now on does not count. Without effect for one
     * that has said so before, or was not restored by this.
     *
     * @return whether a working set was saved
     * @throws SnapshotException if it cannot be written; the one that was there is as before
     */
    public boolean answered(Vm vm) {
        Attempt attempt;
        synchronized (this) {
            attempt = attempts.remove(vm.config().id());
        }
        if (attempt == null) {
            return false;
        }
        Recording recording = attempt.recording();
        recording.stop();
        int before = recording.known();
        int misses = recording.misses();
        boolean worth;
        synchronized (this) {
            machines++;
            known += before;
            missed += misses;
            worth = attempt.fresh() ? anew || !snapshot.hasWorkingSet() : misses > tolerated * before;
        }
        if (worth) {
            int size = recording.save().size();
            noteSaved(attempt, size);
        }
        return worth;
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
