// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.Mapping;
import io.microlith.linux.SystemCallException;
import io.microlith.snapshot.pager.PageSource;
import io.microlith.snapshot.pager.PagedMemory;
import io.microlith.snapshot.pager.Pager;
import io.microlith.snapshot.pager.PagerEvents;
import io.microlith.snapshot.pager.PagerException;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.error.VmmException;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.RegionMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores memory page by page, when pages are wanted: {@link RestoreStrategy#LAZY} and those after it, with settings.
 * Immutable; the methods that set something return another one.
 *
 * <p>Needs a userfaultfd that serves the kernel's faults, see {@link io.microlith.linux.UserFaultFd#open}. The memory
 * is this machine's alone.
 */
public final class Paging implements RestoreStrategy {
    private static final Logger LOG = LoggerFactory.getLogger(Paging.class);

    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String name;
    private final Prefetch prefetch;
    private final Optional<Function<Snapshot, PageSource>> source;
    private final Duration patience;
    private final PagerEvents events;

    private Paging(
            String name,
            Prefetch prefetch,
            Optional<Function<Snapshot, PageSource>> source,
            Duration patience,
            PagerEvents events) {
        this.name = name;
        this.prefetch = prefetch;
        this.source = source;
        this.patience = patience;
        this.events = events;
    }

    static Paging of(String name, Prefetch prefetch) {
        return new Paging(name, prefetch, Optional.empty(), PATIENCE, PagerEvents.NONE);
    }

    /**
     * Takes all pages that are not in a working set from somewhere else than the snapshot's memory file, which need
     * only have its size then.
     *
     * @param from opens the source of one machine
     * @throws IllegalStateException for {@link RestoreStrategy#DIRECT}, which reads that file
     */
    public Paging source(Function<Snapshot, PageSource> from) {
        if (prefetch instanceof Direct) {
            throw new IllegalStateException(name + " reads the snapshot's memory file, and no other source");
        }
        return new Paging(name, prefetch, Optional.of(from), patience, events);
    }

    /** Whether pages are those of the snapshot's memory file. */
    boolean isLocal() {
        return source.isEmpty();
    }

    /**
     * Ends a machine with a host error when the source, or what has a working set, keeps it waiting for longer; 10 s
     * otherwise. Who restores a machine waits no longer for either: then there is none. A machine can be closed
     * meanwhile: that waits once and a half as long, at most. A read that the host does not end keeps the thread that
     * is in it, and the memory that it reads into, until it ends.
     *
     * @throws IllegalArgumentException if it is not a millisecond or more
     */
    public Paging patience(Duration most) {
        if (most.toMillis() < 1) {
            throw new IllegalArgumentException(most + " is less than a millisecond");
        }
        return new Paging(name, prefetch, source, most, events);
    }

    /** How long anything may keep somebody waiting. */
    Duration patience() {
        return patience;
    }

    /** Says who hears what the pager does. */
    public Paging events(PagerEvents listener) {
        return new Paging(name, prefetch, source, patience, listener);
    }

    @Override
    public MachineMemory map(Snapshot snapshot, String vm, PageBacking backing) {
        if (backing == PageBacking.HUGE_2M) {
            throw new ConfigException(
                    "pages", "memory that comes page by page has none of hugetlb: restore eagerly to have them");
        }
        try {
            return Supervised.run(patience, progress -> mapHere(snapshot, progress), MachineMemory::close);
        } catch (IOException e) {
            throw unavailable(snapshot, e);
        }
    }

    private static SnapshotException unavailable(Snapshot snapshot, Exception cause) {
        return new SnapshotException(
                snapshot.directory(), "its memory cannot be had page by page: " + cause.getMessage(), cause);
    }

    /** Maps it by the calling thread, which may be kept waiting. */
    MachineMemory mapHere(Snapshot snapshot, Supervised.Progress progress) {
        Arena arena = Arena.ofShared();
        Pager pager = null;
        boolean mapped = false;
        try {
            List<GuestRegion> regions = regions(snapshot.memory().ranges(), arena);
            BitSet data =
                    isLocal() ? snapshot.memory().data() : snapshot.memory().all();
            pager = new Pager(regions, data, open(snapshot), patience, events);
            Prefetch.Loading loading = prefetch.begin(snapshot, regions, data, pager, progress);
            mapped = true;
            return new Paged(arena, pager, loading, new PagedMemory(new RegionMemory(regions), pager), patience);
        } catch (SystemCallException | PagerException | IOException e) {
            throw unavailable(snapshot, e);
        } finally {
            if (!mapped) {
                if (pager != null) {
                    pager.close();
                }
                arena.close();
            }
        }
    }

    private PageSource open(Snapshot snapshot) throws IOException {
        return source.isPresent() ? source.get().apply(snapshot) : ImageReader.open(snapshot.memory());
    }

    private static List<GuestRegion> regions(List<AddressRange> ranges, Arena arena) {
        List<GuestRegion> regions = new ArrayList<>();
        for (AddressRange range : ranges) {
            regions.add(
                    GuestRegion.anonymous(range.base(), Mapping.anonymous(range.size(), MemoryImage.EXTENT, arena)));
        }
        return regions;
    }

    /** Its name in the command line. */
    @Override
    public String toString() {
        return name;
    }

    private record Paged(Arena arena, Pager pager, Prefetch.Loading loading, GuestMemory memory, Duration patience)
            implements MachineMemory {
        @Override
        public Optional<BitSet> changes() {
            return Optional.of(pager.present());
        }

        @Override
        public void onFailure(Consumer<VmmException> listener) {
            pager.onFailure(listener);
        }

        @Override
        public Optional<Duration> workingSet() {
            return pager.prefetchTime();
        }

        @Override
        public List<AddressRange> prefetched() {
            return pager.prefetchTime().isPresent() ? pager.presentRanges() : List.of();
        }

        @Override
        public void close() {
            if (loading.end(patience)) {
                release();
            } else {
                LOG.warn("memory of a machine that is closed is kept until a read ends that does not");
                loading.whenEnded(this::release);
            }
        }

        private synchronized void release() {
            if (arena.scope().isAlive()) {
                pager.close();
                arena.close();
            }
        }
    }
}
