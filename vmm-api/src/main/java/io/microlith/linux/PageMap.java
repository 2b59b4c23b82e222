// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.BitSet;

/** What the kernel knows of the pages of this process; see proc_pid_pagemap(5). Any thread. */
public final class PageMap {
    private static final Path FILE = Path.of("/proc/self/pagemap");
    private static final long PAGE = 4096;

    /** Entries that are read at once. */
    private static final int CHUNK = 8192;

    /** The page is in memory. */
    private static final long PRESENT = 1L << 63;
    /** The page is in swap space. */
    private static final long SWAPPED = 1L << 62;
    /** The page is a file's, or shared. */
    private static final long OF_FILE = 1L << 61;

    private PageMap() {}

    /**
     * What the kernel has of a mapping: one bit a page.
     *
     * @param own those of a private mapping that this process has for itself, since they were written; a page of a
     *     mapping without a file that was only read may be among them
     * @param present those that are in memory or in swap space for this process, {@code own} among them
     */
    public record Pages(BitSet own, BitSet present) {}

    /**
     * Looks at a mapping.
     *
     * @param mapping whole pages
     * @throws SystemCallException if the kernel does not tell
     */
    public static Pages of(MemorySegment mapping) {
        int pages = Math.toIntExact(mapping.byteSize() / PAGE);
        BitSet own = new BitSet(pages);
        BitSet present = new BitSet(pages);
        try (Fd file = Fd.open(FILE, Fd.O_RDONLY);
                Arena arena = Arena.ofConfined()) {
            MemorySegment entries = arena.allocate(JAVA_LONG, Math.min(pages, CHUNK));
            MemorySegment zeros = arena.allocate(JAVA_LONG, Math.min(pages, CHUNK));
            for (int first = 0; first < pages; first += CHUNK) {
                int count = Math.min(pages - first, CHUNK);
                long place = (mapping.address() / PAGE + first) * Long.BYTES;
                PosixIo.readFully(file, entries.asSlice(0, (long) count * Long.BYTES), place);
                // Most of a machine's memory was never touched: to skip that takes no time.
                for (int i = nextTouched(entries, zeros, 0, count);
                        i < count;
                        i = nextTouched(entries, zeros, i + 1, count)) {
                    long entry = entries.getAtIndex(JAVA_LONG, i);
                    if ((entry & (PRESENT | SWAPPED)) != 0) {
                        present.set(first + i);
                        own.set(first + i, (entry & OF_FILE) == 0);
                    }
                }
            }
            return new Pages(own, present);
        } catch (IOException e) {
            throw new IllegalStateException(FILE + " ends before the end of this process's memory", e);
        }
    }

    private static int nextTouched(MemorySegment entries, MemorySegment zeros, int begin, int count) {
        if (begin < count && entries.getAtIndex(JAVA_LONG, begin) != 0) {
            return begin;
        }
        long end = (long) count * Long.BYTES;
        long found =
                MemorySegment.mismatch(entries, (long) begin * Long.BYTES, end, zeros, (long) begin * Long.BYTES, end);
        return found < 0 ? count : begin + (int) (found / Long.BYTES);
    }
}
