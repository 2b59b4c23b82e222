// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/** Reading from descriptors straight into native memory. */
public final class PosixIo {
    private static final MemorySegment PREAD = Libc.function("pread");

    private PosixIo() {}

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
}
