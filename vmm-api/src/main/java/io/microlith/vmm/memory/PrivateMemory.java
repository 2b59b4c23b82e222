// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import io.microlith.linux.Errno;
import io.microlith.linux.Mapping;
import io.microlith.linux.MemFd;
import io.microlith.linux.PageMap;
import io.microlith.linux.Pollable;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.error.VmmException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Guest memory that stands on a {@link MemoryLayer}: a page that the machine writes is its own, the others it shares
 * with all machines on the same layer. Of itself it takes no memory of the host but page tables.
 *
 * <p>It can be put on another layer, or be as its layer again, in place: who has addresses of it keeps them. For one
 * thread, while nobody uses the memory, except where a method says otherwise.
 */
public final class PrivateMemory implements MachineMemory {
    private static final long PAGE = MemoryLayer.PAGE;

    /** Changed pages in a row of which a mapping costs less than copies. */
    private static final int LONG_RUN = 8;

    /** The most mappings of changes: a process may have some 65,000, and there are other machines. */
    private static final int MOST_MAPPINGS = 2048;

    /** The most mappings that pages which are given back may make, likewise. */
    private static final int MOST_CUTS = 1024;

    /** Pages that Linux maps around one that is touched (fault_around_bytes). */
    private static final int AROUND = 16;

    /** Runs of own pages above which it costs less to let go of all pages at once. */
    private static final int MANY_RUNS = 1024;

    /** Pages of the layer that cost less to have again than another system call does. */
    private static final int CHEAP_PAGES = 2;

    /**
     * Written pages up to which those of the layer are copied over them, if that is not much of the memory either: it
     * takes the host no longer than to let go of them, and they need not be had again by a machine that does what it
     * did.
     */
    private static final int MOST_COPIED = 1024;

    private static final int COPIED_PART = 16;

    /** The part of all pages above which a copy of all is taken, so that what is copied each time stays small. */
    private static final int MANY_CHANGES = 4;

    private final Arena arena;
    private final RegionMemory memory;

    private final PageRegions pages;

    /** The bytes from which on a run of changed pages is mapped, and not copied. */
    private long longRun = LONG_RUN * PAGE;

    /** What it stands on; zeros if nothing. */
    private @Nullable MemoryLayer layer;

    /** Pages that were given back, in place of which there are zeros. Guarded by itself: any thread may add to it. */
    private final BitSet discarded = new BitSet();

    /** How often pages were given back that are beside none of those; guarded by them. */
    private int cuts;

    /** Pages that are its own and yet as in the layer, for it wrote them before it was put back. */
    private final BitSet copied = new BitSet();

    private PrivateMemory(List<AddressRange> ranges) {
        arena = Arena.ofShared();
        List<GuestRegion> regions = new ArrayList<>();
        boolean mapped = false;
        try {
            for (AddressRange range : ranges) {
                regions.add(GuestRegion.anonymous(range.base(), Mapping.anonymous(range.size(), PAGE, arena)));
            }
            mapped = true;
        } finally {
            if (!mapped) {
                arena.close();
            }
        }
        pages = new PageRegions(regions);
        memory = new RegionMemory(regions, PAGE, this::discard);
    }

    /**
     * Memory that is all zero and stands on nothing yet.
     *
     * @param ranges where RAM is, page-aligned, disjoint and rising
     * @throws ConfigException if the host does not have that memory to give
     */
    public static PrivateMemory blank(List<AddressRange> ranges) {
        try {
            return new PrivateMemory(ranges);
        } catch (SystemCallException e) {
            throw new ConfigException("memory", "the host has none to give: " + e.getMessage(), e);
        }
    }

    /**
     * Memory that stands on a layer, which may be closed then.
     *
     * @throws ConfigException if the host does not have that memory to give
     */
    public static PrivateMemory on(MemoryLayer layer) {
        PrivateMemory memory = blank(layer.ranges());
        boolean shown = false;
        try {
            var _ = memory.show(layer, Optional.empty());
            shown = true;
            return memory;
        } finally {
            if (!shown) {
                memory.close();
            }
        }
    }

    @Override
    public GuestMemory memory() {
        return memory;
    }

    /** Puts it on a layer, or makes it as its layer is again: its own pages are gone, or as those of the layer. */
    @Override
    public boolean show(MemoryLayer next, Optional<BitSet> written) {
        List<AddressRange> ranges =
                memory.regions().stream().map(GuestRegion::range).toList();
        if (!next.ranges().equals(ranges)) {
            throw new ConfigException("memory", "this machine has it at " + ranges + ", and not at " + next.ranges());
        }
        try {
            synchronized (discarded) {
                if (layer != null && layer.isSame(next) && discarded.isEmpty()) {
                    forget(next, written);
                } else {
                    map(next);
                    discarded.clear();
                    cuts = 0;
                }
            }
        } catch (IOException e) {
            throw new VmmException("changed pages cannot be read: " + e.getMessage(), e);
        }
        MemoryLayer before = layer;
        layer = next.share();
        if (before != null) {
            before.close();
        }
        return true;
    }

    private void map(MemoryLayer next) throws IOException {
        copied.clear();
        longRun = longRun(next);
        for (GuestRegion region : memory.regions()) {
            Mapping.replace(region.segment(), 0, region.size(), next.base().file(), pages.firstOf(region) * PAGE);
        }
        placeChanges(next, (run, file, place) -> {
            if (isLong(run)) {
                Mapping.replace(run.region(), run.offset(), run.length(), file, place);
            } else {
                read(run, file, place);
            }
        });
    }

    /** Has its own pages be as those of the same layer: all, or those that were written. */
    private void forget(MemoryLayer same, Optional<BitSet> written) throws IOException {
        BitSet kept = (BitSet) copied.clone();
        written.ifPresent(kept::or);
        if (written.isPresent() && kept.cardinality() <= Math.min(MOST_COPIED, pages.count() / COPIED_PART)) {
            copy(same, written.get());
            copied.or(kept);
        } else {
            letGo(same, written.map(_ -> kept));
            copied.clear();
        }
    }

    private void copy(MemoryLayer from, BitSet which) throws IOException {
        BitSet unchanged = (BitSet) which.clone();
        for (int i = 0; i < from.changes().size(); i++) {
            BitSet changed = from.visible(i);
            changed.and(which);
            place(from.changes().get(i), changed, PrivateMemory::read);
            unchanged.andNot(changed);
        }
        pages.visit(unchanged, run -> read(run, from.base().file(), run.first() * PAGE));
    }

    private static void read(PageRegions.Run run, Pollable file, long place) throws IOException {
        PosixIo.readFully(file, run.segment(), place);
    }

    private void letGo(MemoryLayer same, Optional<BitSet> written) throws IOException {
        BitSet own = written.isPresent() ? withShortGaps(written.get()) : withCheapGaps(pageMap());
        pages.visit(own, run -> {
            int result = Mapping.discard(run.region(), run.offset(), run.length());
            if (result < 0) {
                throw new IOException("madvise failed: " + Errno.describe(-result));
            }
        });
        placeChanges(same, (run, file, place) -> {
            if (!isLong(run) && touches(own, run)) {
                read(run, file, place);
            }
        });
    }

    private static boolean touches(BitSet set, PageRegions.Run run) {
        int next = set.nextSetBit(run.first());
        return next >= 0 && next < run.first() + run.length() / PAGE;
    }

    private boolean isLong(PageRegions.Run run) {
        return run.length() >= longRun;
    }

    /** From what length on runs are mapped, so that those are not too many. */
    private long longRun(MemoryLayer next) throws IOException {
        List<Long> lengths = new ArrayList<>();
        placeChanges(next, (run, _, _) -> {
            if (run.length() >= LONG_RUN * PAGE) {
                lengths.add(run.length());
            }
        });
        if (lengths.size() <= MOST_MAPPINGS) {
            return LONG_RUN * PAGE;
        }
        lengths.sort(Comparator.reverseOrder());
        return lengths.get(MOST_MAPPINGS) + PAGE;
    }

    @Override
    public MemoryLayer layer(String name, Optional<BitSet> written, BitSet holes) {
        MemoryLayer below = layer;
        if (below == null) {
            return MemoryLayer.copyOf(name, memory, holes);
        }
        BitSet changed = withDiscarded(written.orElseGet(this::ownPages));
        below.changes().forEach(known -> changed.or(known.pages().toBitSet()));
        changed.andNot(holes);
        if (changed.isEmpty() && holes.isEmpty()) {
            return below.share();
        }
        if (changed.cardinality() > pages.count() / MANY_CHANGES) {
            return MemoryLayer.copyOf(name, memory, holes);
        }
        List<MemoryLayer.Changes> above = new ArrayList<>();
        boolean made = false;
        try {
            if (!holes.isEmpty()) {
                above.add(MemoryLayer.Changes.zeros(holes));
            }
            if (!changed.isEmpty()) {
                above.add(changes(name, changed));
            }
            made = true;
            return below.with(above);
        } finally {
            if (!made) {
                above.forEach(known -> known.file().letGo());
            }
        }
    }

    @Override
    public Optional<BitSet> changes() {
        return layer == null ? Optional.empty() : Optional.of(withDiscarded(ownPages()));
    }

    private BitSet withDiscarded(BitSet own) {
        BitSet changed = (BitSet) own.clone();
        synchronized (discarded) {
            changed.or(discarded);
        }
        return changed;
    }

    private MemoryLayer.Changes changes(String name, BitSet changed) {
        MemFd file = MemFd.create(name, changed.cardinality() * PAGE);
        boolean written = false;
        try {
            MemoryLayer.Changes changes = new MemoryLayer.Changes(SharedFile.of(file), new PackedPages(changed));
            place(changes, changed, (run, to, place) -> PosixIo.writeFully(to, run.segment(), place));
            written = true;
            return changes;
        } catch (IOException e) {
            throw new VmmException("changed pages of " + name + " cannot be copied: " + e.getMessage(), e);
        } finally {
            if (!written) {
                file.close();
            }
        }
    }

    private BitSet ownPages() {
        return pageMap().own();
    }

    private PageMap.Pages pageMap() {
        BitSet own = new BitSet(pages.count());
        BitSet present = new BitSet(pages.count());
        for (GuestRegion region : memory.regions()) {
            int first = pages.firstOf(region);
            PageMap.Pages found = PageMap.of(region.segment());
            found.own().stream().forEach(page -> own.set(first + page));
            found.present().stream().forEach(page -> present.set(first + page));
        }
        return new PageMap.Pages(own, present);
    }

    private int discard(GuestRegion region, long offset, long length) {
        if (layer == null) {
            return Mapping.discard(region.segment(), offset, length);
        }
        int first = pages.firstOf(region) + Math.toIntExact(offset / PAGE);
        int end = first + Math.toIntExact(length / PAGE);
        synchronized (discarded) {
            // A guest chooses what it gives back, and could cut its memory into all the mappings a process may have.
            int near = discarded.nextSetBit(Math.max(0, first - 1));
            boolean cut = near < 0 || near > end;
            if (cut && cuts == MOST_CUTS) {
                return -Errno.ENOMEM;
            }
            try {
                Mapping.replaceWithZeros(region.segment(), offset, length);
            } catch (SystemCallException e) {
                return -e.errno();
            }
            cuts += cut ? 1 : 0;
            discarded.set(first, end);
            return 0;
        }
    }

    /** Written pages, and those between them where these are so few that the host would bring them all at once. */
    private static BitSet withShortGaps(BitSet written) {
        return joined(written, (begin, end) -> end - begin <= AROUND);
    }

    /** Own pages, and those between them where no page, or few for each run, have to be had again from the layer. */
    private static BitSet withCheapGaps(PageMap.Pages pages) {
        BitSet present = pages.present();
        BitSet all = joined(pages.own(), (begin, end) -> present.get(begin, end).cardinality() <= CHEAP_PAGES);
        if (runs(all) > MANY_RUNS) {
            all.set(0, all.length());
        }
        return all;
    }

    private static int runs(BitSet pages) {
        int runs = 0;
        for (int first = pages.nextSetBit(0); first >= 0; first = pages.nextSetBit(pages.nextClearBit(first))) {
            runs++;
        }
        return runs;
    }

    /** The same pages, and those of gaps between them as a rule says. */
    private static BitSet joined(BitSet pages, GapRule rule) {
        BitSet all = (BitSet) pages.clone();
        for (int next = pages.nextSetBit(0); next >= 0; ) {
            int begin = pages.nextClearBit(next);
            next = pages.nextSetBit(begin);
            if (next >= 0 && rule.joins(begin, next)) {
                all.set(begin, next);
            }
        }
        return all;
    }

    /** The same of a layer's changes that are seen, with the place of each in their file. */
    private void placeChanges(MemoryLayer from, PlacedVisitor visitor) throws IOException {
        for (int i = 0; i < from.changes().size(); i++) {
            place(from.changes().get(i), from.visible(i), visitor);
        }
    }

    private void place(MemoryLayer.Changes changes, BitSet seen, PlacedVisitor visitor) throws IOException {
        pages.visit(
                seen,
                run -> visitor.visit(run, changes.file().file(), changes.pages().place(run.first())));
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
            MemoryLayer below = layer;
            if (below != null) {
                below.close();
            }
        }
    }

    @FunctionalInterface
    private interface GapRule {
        /** Whether the pages of a gap, from one up to another, go with those around it. */
        boolean joins(int begin, int end);
    }

    @FunctionalInterface
    private interface PlacedVisitor {
        void visit(PageRegions.Run run, Pollable file, long place) throws IOException;
    }
}
