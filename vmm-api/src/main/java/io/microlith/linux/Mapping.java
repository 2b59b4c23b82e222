// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Objects;

/**
 * Memory mapped into this process, of a file or of nothing; see mmap(2).
 *
 * <p>A mapping lives as long as its arena: closing the arena unmaps it. Touching a page the file does not have (it was
 * truncated) is an {@link InternalError} in Java and kills nothing.
 */
public final class Mapping {
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_FIXED = 0x10;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_NORESERVE = 0x4000;
    private static final int NO_FILE = -1;
    private static final long PAGE = 4096;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_REMOVE = 9;
    private static final int MADV_DONTFORK = 10;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_NOHUGEPAGE = 15;

    private static final MemorySegment MUNMAP = Libc.function("munmap");
    private static final MemorySegment MADVISE = Libc.function("madvise");
    private static final MemorySegment MINCORE = Libc.function("mincore");

    private Mapping() {}

    /**
     * Maps a file for reading and writing, shared. Pages are the host's once they are touched; those of a hugetlb file
     * are set aside at once, so that a pool that is too small shows here and not as a crash of the one who touches
     * them.
     *
     * @param offset where in the file, a multiple of its page size
     * @param size bytes, a multiple of the page size
     * @param arena when it closes, the mapping goes
     * @throws SystemCallException if the kernel refuses
     * @throws IllegalStateException if the arena is closed
     */
    public static MemorySegment shared(Pollable file, long offset, long size, Arena arena) {
        return map(PROT_READ | PROT_WRITE, MAP_SHARED, file.fd(), offset, size, arena);
    }

    /**
     * Maps memory that is this process's alone, all zero: neither a file nor a child process has it. Pages are the
     * host's once they are touched.
     *
     * @param size bytes, a multiple of the page size
     * @param alignment of the address in this process, a power of two of a page or more
     * @param arena when it closes, the mapping goes
     * @throws SystemCallException if the kernel refuses
     * @throws IllegalStateException if the arena is closed
     */
    public static MemorySegment anonymous(long size, long alignment, Arena arena) {
        // Addresses cost nothing, and who needs alignment gets it from those in between.
        long room = Math.addExact(size, alignment);
        MemorySegment mapping =
                map(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, NO_FILE, 0, room, arena);
        // Only spares a child process the page tables.
        var _ = Libc.call(MADVISE, mapping.address(), room, MADV_DONTFORK);
        return mapping.asSlice(-mapping.address() & (alignment - 1), size);
    }

    /**
     * Maps a file for reading and writing, private: what is written stays with this mapping, and the file as it is. One
     * that is open for reading will do. What is not written is shared with all who have the file mapped.
     *
     * @param offset where in the file, a multiple of its page size
     * @param size bytes, a multiple of the page size
     * @param arena when it closes, the mapping goes
     * @throws SystemCallException if the kernel refuses
     * @throws IllegalStateException if the arena is closed
     */
    public static MemorySegment copyOnWrite(Pollable file, long offset, long size, Arena arena) {
        return map(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, file.fd(), offset, size, arena);
    }

    /**
     * Maps a file for reading only, shared; one that is open for reading will do.
     *
     * @param offset where in the file, a multiple of its page size
     * @param size bytes, a multiple of the page size
     * @param arena when it closes, the mapping goes
     * @return a segment that refuses to be written
     * @throws SystemCallException if the kernel refuses
     * @throws IllegalStateException if the arena is closed
     */
    public static MemorySegment readOnly(Pollable file, long offset, long size, Arena arena) {
        return map(PROT_READ, MAP_SHARED, file.fd(), offset, size, arena).asReadOnly();
    }

    /**
     * Has a part of a mapping show a file, as {@link #copyOnWrite} does. What was there before is gone. The segment
     * stays what it is.
     *
     * @param mapping of {@link #anonymous}
     * @param offset in it, a multiple of the page size
     * @param length bytes, a multiple of the page size
     * @param fileOffset where in the file, a multiple of its page size
     * @throws SystemCallException if the kernel refuses; a process has 65,530 mappings at most
     */
    public static void replace(MemorySegment mapping, long offset, long length, Pollable file, long fileOffset) {
        replace(mapping, offset, length, MAP_PRIVATE | MAP_NORESERVE, file.fd(), fileOffset);
    }

    /** The same with zeros in place of a file. */
    public static void replaceWithZeros(MemorySegment mapping, long offset, long length) {
        replace(mapping, offset, length, MAP_PRIVATE | MAP_NORESERVE | MAP_ANONYMOUS, NO_FILE, 0);
    }

    private static void replace(MemorySegment mapping, long offset, long length, int flags, int fd, long fileOffset) {
        Objects.checkFromIndexSize(offset, length, mapping.byteSize());
        try {
            // NATIVE: over a part of a mapping that lives until its arena closes, and nothing else.
            long result = Libc.callLong(
                    Libc.MMAP,
                    mapping.address() + offset,
                    length,
                    PROT_READ | PROT_WRITE,
                    flags | MAP_FIXED,
                    fd,
                    fileOffset);
            SystemCallException.check(
                    result, "mmap", () -> "MAP_FIXED size=0x" + Long.toHexString(length) + " fd=" + fd);
        } finally {
            Reference.reachabilityFence(mapping);
        }
    }

    @SuppressWarnings("restricted")
    private static MemorySegment map(int protection, int flags, int fd, long offset, long size, Arena arena) {
        long address = Libc.callLong(Libc.MMAP, 0, size, protection, flags, fd, offset);
        SystemCallException.check(address, "mmap", () -> "size=0x" + Long.toHexString(size) + " fd=" + fd);
        boolean owned = false;
        try {
            // NATIVE: the kernel mapped `size` bytes at `address`; they stay until the arena's close runs the cleanup.
            MemorySegment mapping =
                    MemorySegment.ofAddress(address).reinterpret(size, arena, segment -> unmap(segment, size));
            owned = true;
            return mapping;
        } finally {
            if (!owned) {
                unmap(MemorySegment.ofAddress(address), size);
            }
        }
    }

    /**
     * Asks for transparent huge pages.
     *
     * @return whether the kernel has them for this mapping; without them it works as before, with small pages
     */
    public static boolean adviseHugePages(MemorySegment mapping) {
        return Libc.call(MADVISE, mapping.address(), mapping.byteSize(), MADV_HUGEPAGE) == 0;
    }

    /**
     * Asks for pages of the smallest size, each with a fault of its own.
     *
     * @return whether that is so: false of a kernel that has no larger ones to give without being asked
     */
    public static boolean adviseSmallPages(MemorySegment mapping) {
        return Libc.call(MADVISE, mapping.address(), mapping.byteSize(), MADV_NOHUGEPAGE) == 0;
    }

    /**
     * Gives pages of memory without a file back to the kernel: they read as zero after that. See madvise(2),
     * MADV_DONTNEED. Allocates nothing.
     *
     * @param mapping of {@link #anonymous}
     * @param offset where in it, a multiple of the page size
     * @param length bytes, a multiple of the page size
     * @return 0 or a negative error number
     */
    public static int discard(MemorySegment mapping, long offset, long length) {
        return advise(mapping, offset, length, MADV_DONTNEED);
    }

    /**
     * Gives pages of a file in memory back to the kernel, for all who have it mapped: they read as zero after that. See
     * madvise(2), MADV_REMOVE. Allocates nothing.
     *
     * @param mapping of {@link #shared}
     * @param offset as for {@link #discard}
     * @return 0 or a negative error number
     */
    public static int remove(MemorySegment mapping, long offset, long length) {
        return advise(mapping, offset, length, MADV_REMOVE);
    }

    /**
     * Whether a page of a mapped file is in the page cache; see mincore(2). The kernel says so to who may write the
     * file, or owns it; to others it says that all pages are there.
     *
     * @param offset in the mapping, in bytes: a multiple of a page
     * @throws SystemCallException if the kernel does not tell
     */
    public static boolean isCached(MemorySegment mapping, long offset) {
        try (Arena scratch = Arena.ofConfined()) {
            // NATIVE: the kernel writes a byte for each page, here one, during the call only.
            MemorySegment vector = scratch.allocate(1);
            long address = mapping.asSlice(offset, PAGE).address();
            SystemCallException.check(
                    Libc.call(MINCORE, address, PAGE, vector.address()), "mincore", () -> "offset=" + offset);
            return (vector.get(ValueLayout.JAVA_BYTE, 0) & 1) != 0;
        } finally {
            Reference.reachabilityFence(mapping);
        }
    }

    /**
     * Gives pages back that are no segment's, and nobody's any more: they read as zeros.
     *
     * @param address in this process, a multiple of a page, as {@code length}
     * @return 0 or a negative error number
     */
    static int discard(long address, long length) {
        return Libc.call(MADVISE, address, length, MADV_DONTNEED);
    }

    private static int advise(MemorySegment mapping, long offset, long length, int advice) {
        Objects.checkFromIndexSize(offset, length, mapping.byteSize());
        try {
            // NATIVE: for the kernel only; the range is in the mapping, which lives until its arena closes.
            return Libc.call(MADVISE, mapping.address() + offset, length, advice);
        } finally {
            Reference.reachabilityFence(mapping);
        }
    }

    private static void unmap(MemorySegment mapping, long size) {
        // Fails only for arguments that mmap did not return.
        var _ = Libc.call(MUNMAP, mapping.address(), size, 0);
    }
}
