// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import io.microlith.linux.Errno;
import io.microlith.linux.Mapping;
import io.microlith.linux.MemFd;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Guest memory of a VM, one memfd or memory without a file, of which the host spends only the pages that were touched.
 *
 * <p>Its owner closes it after every vCPU and device thread has stopped.
 */
public final class MappedMemory implements MachineMemory {
    private static final long HUGE_PAGE = 2L << 20;

    private final Arena arena;
    private final @Nullable MemFd file;
    private final GuestMemory memory;

    private MappedMemory(Arena arena, @Nullable MemFd file, GuestMemory memory) {
        this.arena = arena;
        this.file = file;
        this.memory = memory;
    }

    /**
     * Maps memory for the given ranges, all zero.
     *
     * @param ranges where RAM is, page-aligned and disjoint
     * @throws ConfigException if the host does not have that memory to give
     * @throws SystemCallException if it has no descriptor to give
     */
    public static MappedMemory map(String name, List<AddressRange> ranges, PageBacking backing) {
        ranges.forEach(range -> checkAlignment(range, backing));
        long total = ranges.stream().mapToLong(AddressRange::size).sum();
        Arena arena = Arena.ofShared();
        @Nullable MemFd file = null;
        try {
            if (backing == PageBacking.TRANSPARENT_HUGE) {
                return new MappedMemory(arena, null, new RegionMemory(anonymous(ranges, arena)));
            }
            file = backing == PageBacking.HUGE_2M ? MemFd.createHuge(name, total) : MemFd.create(name, total);
            return new MappedMemory(arena, file, new RegionMemory(shared(file, ranges, arena), pageSize(backing)));
        } catch (SystemCallException e) {
            release(arena, file);
            if (e.errno() == Errno.EMFILE || e.errno() == Errno.ENFILE) {
                throw e;
            }
            throw new ConfigException(
                    "memory", "the host has no " + Size.bytes(total) + " to give: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            release(arena, file);
            throw e;
        }
    }

    private static List<GuestRegion> shared(MemFd file, List<AddressRange> ranges, Arena arena) {
        List<GuestRegion> regions = new ArrayList<>();
        long offset = 0;
        for (AddressRange range : ranges) {
            MemorySegment segment = Mapping.shared(file, offset, range.size(), arena);
            regions.add(new GuestRegion(range.base(), segment, Optional.of(file), offset));
            offset += range.size();
        }
        return regions;
    }

    private static List<GuestRegion> anonymous(List<AddressRange> ranges, Arena arena) {
        List<GuestRegion> regions = new ArrayList<>();
        for (AddressRange range : ranges) {
            // What is one huge page in the guest's addresses has to be one in ours.
            MemorySegment segment = Mapping.anonymous(range.size(), HUGE_PAGE, arena);
            // A kernel without them is no worse than with small pages.
            var _ = Mapping.adviseHugePages(segment);
            regions.add(GuestRegion.anonymous(range.base(), segment));
        }
        return regions;
    }

    private static void checkAlignment(AddressRange range, PageBacking backing) {
        long page = pageSize(backing);
        if (range.base() % page != 0 || range.size() % page != 0) {
            throw new ConfigException("memory", range + " is not a multiple of " + Size.bytes(page));
        }
    }

    private static long pageSize(PageBacking backing) {
        return backing == PageBacking.HUGE_2M ? HUGE_PAGE : 4096;
    }

    private static void release(Arena arena, @Nullable MemFd file) {
        try {
            arena.close();
        } finally {
            if (file != null) {
                file.close();
            }
        }
    }

    @Override
    public GuestMemory memory() {
        return memory;
    }

    /**
     * Unmaps the memory; an access that comes later throws {@link IllegalStateException}. Closing twice is once.
     *
     * @throws IllegalStateException if a thread is in the middle of an access: it was not stopped before
     */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            release(arena, file);
        }
    }
}
