// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import io.microlith.linux.Fd;
import io.microlith.linux.MemFd;
import io.microlith.linux.PosixIo;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.VmmException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The content of a machine's memory at one moment, on which any number of machines stand: each shows it until it writes
 * a page, which it has for itself from then on. See {@link PrivateMemory}.
 *
 * <p>A file with the ranges of guest-physical addresses one after the other, and files with pages that take the place
 * of some of these. Immutable; any thread. Machines that stand on it keep what they need when it is closed.
 */
public final class MemoryLayer implements AutoCloseable {
    static final long PAGE = 4096;

    /**
     * Pages that differ from what is below.
     *
     * @param file the pages, one after the other
     * @param pages which they are, counted over all ranges
     */
    record Changes(SharedFile file, PackedPages pages) {
        /** Pages that are zeros, whatever is below. */
        static Changes zeros(BitSet which) {
            PackedPages pages = new PackedPages(which);
            return new Changes(SharedFile.of(MemFd.create("zeros", pages.size())), pages);
        }
    }

    private final List<AddressRange> ranges;
    private final SharedFile base;

    /** The lowest first. */
    private final List<Changes> changes;

    private final AtomicBoolean closed = new AtomicBoolean();

    private MemoryLayer(List<AddressRange> ranges, SharedFile base, List<Changes> changes) {
        this.ranges = List.copyOf(ranges);
        this.base = base;
        this.changes = List.copyOf(changes);
    }

    /**
     * The content of a file.
     *
     * @param file has the size of all ranges, and does not change; is closed with the last who uses it
     * @param ranges where its content is in the guest, rising
     */
    public static MemoryLayer of(Fd file, List<AddressRange> ranges) {
        return new MemoryLayer(ranges, SharedFile.of(file), List.of());
    }

    /** The same of a file in memory. */
    public static MemoryLayer of(MemFd file, List<AddressRange> ranges) {
        return new MemoryLayer(ranges, SharedFile.of(file), List.of());
    }

    /**
     * A copy of what a memory holds, in memory. While nothing writes it.
     *
     * @param name what /proc shows it as
     * @param holes pages that are not copied, counted over all ranges, and are zeros
     * @throws VmmException if the host has no memory to give
     */
    public static MemoryLayer copyOf(String name, GuestMemory memory, BitSet holes) {
        List<AddressRange> ranges =
                memory.regions().stream().map(GuestRegion::range).toList();
        MemFd file = MemFd.create(name, memory.size());
        try {
            NonZeroPages.visit(memory, holes, (pages, place) -> PosixIo.writeFully(file, pages, place));
        } catch (IOException e) {
            file.close();
            throw new VmmException("a copy of the memory of " + name + " cannot be made: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
        return new MemoryLayer(ranges, SharedFile.of(file), List.of());
    }

    /** The same with other changes, the lowest first, which take the place of those that are there. */
    MemoryLayer with(List<Changes> others) {
        return new MemoryLayer(ranges, base.share(), others);
    }

    /**
     * The same but for some pages. This may be closed then.
     *
     * @param file has the pages one after the other, and does not change; is closed with the last who uses it
     * @param pages which they are, counted over all ranges
     */
    public MemoryLayer with(Fd file, PackedPages pages) {
        List<Changes> all = new ArrayList<>(changes);
        changes.forEach(known -> known.file().share());
        all.add(new Changes(SharedFile.of(file), pages));
        return new MemoryLayer(ranges, base.share(), all);
    }

    /** The same for one who closes it on their own. */
    public MemoryLayer share() {
        changes.forEach(known -> known.file().share());
        return new MemoryLayer(ranges, base.share(), changes);
    }

    /** Whether the content is the same, because it is from the same source. */
    boolean isSame(MemoryLayer other) {
        return base == other.base && changes.equals(other.changes);
    }

    /** Where it is in the guest. */
    public List<AddressRange> ranges() {
        return ranges;
    }

    SharedFile base() {
        return base;
    }

    List<Changes> changes() {
        return changes;
    }

    /** The pages of changes that later ones have not as well. */
    BitSet visible(int which) {
        List<PackedPages> later = changes.subList(which + 1, changes.size()).stream()
                .map(Changes::pages)
                .toList();
        return changes.get(which).pages().visible(later);
    }

    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            base.letGo();
            changes.forEach(known -> known.file().letGo());
        }
    }
}
