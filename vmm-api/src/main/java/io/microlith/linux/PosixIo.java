// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Objects;

/** Reading from descriptors that somebody else owns. Any thread. */
public final class PosixIo {
    /** The process's standard input. */
    public static final Pollable STDIN = () -> 0;

    private static final MemorySegment WRITE = Libc.function("write");
    private static final MemorySegment PREAD = Libc.function("pread");
    private static final MemorySegment READ = Libc.function("read");

    private PosixIo() {}

    /**
     * Writes as much as there is room for, and waits if there is none, unless the descriptor is non-blocking.
     *
     * @return the number of bytes, or a negative error number; never throws for the kernel's sake
     */
    public static int write(Pollable file, byte[] from, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, from.length);
        try (Arena arena = Arena.ofConfined()) {
            // NATIVE: the kernel reads `length` bytes, during the call only.
            MemorySegment buffer = arena.allocate(Math.max(1, length));
            MemorySegment.copy(from, offset, buffer, ValueLayout.JAVA_BYTE, 0, length);
            return Libc.call(WRITE, file.fd(), buffer.address(), length);
        }
    }

    /**
     * Fills a segment from a place in a file; see pread(2).
     *
     * @param into a native segment
     * @param offset where in the file, in bytes
     * @return the number of bytes read, 0 at the file's end
     * @throws SystemCallException if the kernel refuses
     */
    public static long read(Pollable file, MemorySegment into, long offset) {
        // NATIVE: the kernel writes at most the segment's size, during the call only.
        try {
            long count = Libc.callLong(PREAD, file.fd(), into.address(), into.byteSize(), offset, 0, 0);
            return SystemCallException.check(count, "pread", "offset=" + offset);
        } finally {
            Reference.reachabilityFence(into);
        }
    }

    /**
     * Reads what a stream has next, and waits if there is nothing, unless the descriptor is non-blocking; see read(2).
     *
     * @return the number of bytes, 0 at the stream's end, or a negative error number; never throws for the kernel's
     *     sake
     */
    public static int read(Pollable stream, byte[] into, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, into.length);
        try (Arena arena = Arena.ofConfined()) {
            // NATIVE: the kernel writes at most `length` bytes, during the call only.
            MemorySegment buffer = arena.allocate(Math.max(1, length));
            int result = Libc.call(READ, stream.fd(), buffer.address(), length);
            if (result > 0) {
                MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, into, offset, result);
            }
            return result;
        }
    }
}
