// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.PageBacking;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link RestoreStrategy#BEST}. */
final class Best implements RestoreStrategy {
    private static final Logger LOG = LoggerFactory.getLogger(Best.class);

    private final Duration patience;

    /**
     * With the patience of {@link Paging#patience}.
     *
     * @param patience how long a medium may keep somebody waiting
     */
    Best(Duration patience) {
        this.patience = patience;
    }

    @Override
    public MachineMemory map(Snapshot snapshot, String vm, PageBacking backing) {
        return map(snapshot, vm, backing, () -> prefetched(snapshot));
    }

    /** Memory with what was prefetched. */
    @FunctionalInterface
    interface Prefetched {
        /** Maps it; nothing, if there is nothing to prefetch, or it is in the page cache or on its way there. */
        Optional<MachineMemory> map() throws IOException;
    }

    /** Prefetches, if that can be done, and else maps the file. */
    static MachineMemory map(Snapshot snapshot, String vm, PageBacking backing, Prefetched prefetched) {
        if (backing == PageBacking.HUGE_2M) {
            return EAGER.map(snapshot, vm, backing);
        }
        return ifToBeHad(snapshot, vm, prefetched).orElseGet(() -> MAPPED.map(snapshot, vm, backing));
    }

    private static Optional<MachineMemory> ifToBeHad(Snapshot snapshot, String vm, Prefetched prefetched) {
        try {
            return prefetched.map();
        } catch (InvalidStateException | SnapshotException | IOException e) {
            if (e instanceof NoAnswerException || e.getCause() instanceof NoAnswerException) {
                // A mapped file would keep its machine waiting, too, and nobody would see it.
                throw snapshot.memory().unreadable(e);
            }
            LOG.warn("vm={} is restored without its working set: {}", vm, e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<MachineMemory> prefetched(Snapshot snapshot) throws IOException {
        return snapshot.hasWorkingSet()
                ? Supervised.run(
                        patience,
                        progress -> unlessCached(snapshot, progress),
                        memory -> memory.ifPresent(MachineMemory::close))
                : Optional.empty();
    }

    private Optional<MachineMemory> unlessCached(Snapshot snapshot, Supervised.Progress progress) throws IOException {
        try (WorkingSetReader reader = WorkingSetReader.open(snapshot)) {
            if (CacheProbe.isCached(snapshot.memory(), reader.set())) {
                return Optional.empty();
            }
            progress.made();
            ReadAhead.Plan plan = ReadAhead.plan(snapshot.memory(), reader.set());
            if (plan.isShort()) {
                plan.ask(progress);
                return Optional.empty();
            }
            // That is done with it when it has the memory.
            return Optional.of(Paging.of(DIRECT.toString(), new Direct(_ -> reader))
                    .patience(patience)
                    .mapHere(snapshot, progress));
        }
    }

    /** {@code best}. */
    @Override
    public String toString() {
        return "best";
    }
}
