// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.WatchedMemory;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which pages of a machine may have changed since a moment: from what was noted where writes are tracked, and from what
 * memory itself can tell. For who holds the machine.
 */
final class WriteJournal {
    /** To forget one costs a comparison of all memory. */
    private static final int MOST_MOMENTS = 256;

    private final MachineMemory memory;
    private final Optional<Tracker> tracker;

    /** What was written since {@link #since}. */
    private final BitSet written = new BitSet();

    /** What was written since the last {@link #restart}, and before {@link #since}. */
    private final BitSet earlier = new BitSet();

    /** Whether all that was written since the last {@link #restart} is in the two. */
    private boolean complete = true;

    private @Nullable UUID since;

    /** Moments when memory was what it began with or a later state of that. */
    private final Deque<UUID> moments = new ArrayDeque<>();

    /**
     * Both who write.
     *
     * @param guest what the hypervisor notes
     * @param host what is noted here
     */
    private record Tracker(WriteLog guest, WatchedMemory host) {
        BitSet take() {
            BitSet pages = guest.take();
            pages.or(host.take());
            return pages;
        }
    }

    private WriteJournal(MachineMemory memory, Optional<Tracker> tracker) {
        this.memory = memory;
        this.tracker = tracker;
    }

    /** Begins, for memory that was attached to a VM which has no vCPU yet. */
    static WriteJournal begin(MachineMemory memory, HypervisorVm vm, WriteTracking how) {
        Optional<WriteLog> guest = how == WriteTracking.NONE ? Optional.empty() : vm.trackWrites(how);
        return new WriteJournal(memory, guest.map(log -> new Tracker(log, new WatchedMemory(memory.memory()))));
    }

    /** The memory as devices and the embedder are to have it, so that their writes are noted. */
    GuestMemory watched() {
        return tracker.<GuestMemory>map(Tracker::host).orElseGet(memory::memory);
    }

    /**
     * Memory is what it was at some moment, if that has a name, and has nothing of what it was before. Right after
     * {@link #written}, or when nothing was written yet: what was noted since counts from here on.
     */
    void restart(Optional<UUID> moment) {
        written.clear();
        earlier.clear();
        complete = true;
        moments.clear();
        since = null;
        moment.ifPresent(this::note);
    }

    /** Names the present moment. */
    void mark(UUID moment) {
        look();
        earlier.or(written);
        written.clear();
        note(moment);
    }

    private void look() {
        boolean seen = false;
        try {
            tracker.ifPresent(notes -> written.or(notes.take()));
            seen = true;
        } finally {
            if (!seen) {
                // Some of it may be lost: nobody knows what was written since when.
                complete = false;
                since = null;
                moments.clear();
            }
        }
    }

    /** The pages that were written since the last {@link #restart}; nothing if nobody took notes. */
    Optional<BitSet> written() {
        if (tracker.isEmpty() || !complete) {
            return Optional.empty();
        }
        look();
        BitSet all = (BitSet) earlier.clone();
        all.or(written);
        return Optional.of(all);
    }

    private void note(UUID moment) {
        since = moment;
        moments.remove(moment);
        moments.addLast(moment);
        if (moments.size() > MOST_MOMENTS) {
            moments.removeFirst();
        }
    }

    /** The pages that may have changed since a moment; nothing if nobody knows. */
    Optional<BitSet> changedSince(UUID moment) {
        if (tracker.isPresent() && moment.equals(since)) {
            look();
            return Optional.of((BitSet) written.clone());
        }
        return moments.contains(moment) ? memory.changes() : Optional.empty();
    }
}
