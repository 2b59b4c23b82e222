// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Objects;

/** Reading from and writing to descriptors that somebody else owns. Any thread. */
public final class PosixIo {
    /** The process's standard input. */
    public static final Pollable STDIN = () -> 0;

    private static final MemorySegment WRITE = Libc.function("write");
    private static final MemorySegment PREAD = Libc.function("pread");
    private static final MemorySegment PWRITE = Libc.function("pwrite");
    private static final MemorySegment READ = Libc.function("read");
    private static final MemorySegment READV = Libc.function("readv");
    private static final MemorySegment WRITEV = Libc.function("writev");
    private static final MemorySegment PREADV = Libc.function("preadv");
    private static final MemorySegment PWRITEV = Libc.function("pwritev");
    private static final MemorySegment LSEEK = Libc.function("lseek");
    private static final MemorySegment FDATASYNC = Libc.function("fdatasync");
    private static final MemorySegment FALLOCATE = Libc.function("fallocate");
    private static final MemorySegment FADVISE = Libc.function("posix_fadvise");
    private static final MemorySegment FTRUNCATE = Libc.function("ftruncate");

    private static final int SEEK_END = 2;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final int POSIX_FADV_WILLNEED = 3;
    private static final int POSIX_FADV_DONTNEED = 4;
    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int FALLOC_FL_PUNCH_HOLE = 2;
    private static final int FALLOC_FL_ZERO_RANGE = 0x10;

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
        return SystemCallException.check(pread(file, into, offset), "pread", () -> "offset=" + offset);
    }

    private static long pread(Pollable file, MemorySegment into, long offset) {
        // NATIVE: the kernel writes at most the segment's size, during the call only.
        try {
            return Libc.callLong(PREAD, file.fd(), into.address(), into.byteSize(), offset, 0, 0);
        } finally {
            Reference.reachabilityFence(into);
        }
    }

    /**
     * Fills a segment from a place in a file, in as many calls as that takes.
     *
     * @param into a native segment
     * @param offset where in the file, in bytes
     * @throws EOFException if the file ends before
     * @throws IOException if the kernel refuses
     */
    public static void readFully(Pollable file, MemorySegment into, long offset) throws IOException {
        long done = 0;
        while (done < into.byteSize()) {
            long count = pread(file, into.asSlice(done), offset + done);
            if (count < 0) {
                throw new IOException("pread failed: " + Errno.describe((int) -count) + " [offset=" + offset + "]");
            }
            if (count == 0) {
                throw new EOFException("the file ends before " + (offset + into.byteSize()));
            }
            done += count;
        }
    }

    /**
     * Writes a segment to a place in a file, in as many calls as that takes; see pwrite(2).
     *
     * @param from a native segment
     * @param offset where in the file, in bytes
     * @throws IOException if the kernel refuses
     */
    public static void writeFully(Pollable file, MemorySegment from, long offset) throws IOException {
        long done = 0;
        while (done < from.byteSize()) {
            long count = pwrite(file, from.asSlice(done), offset + done);
            if (count < 0) {
                throw new IOException("pwrite failed: " + Errno.describe((int) -count) + " [offset=" + offset + "]");
            }
            done += count;
        }
    }

    private static long pwrite(Pollable file, MemorySegment from, long offset) {
        // NATIVE: the kernel reads at most the segment's size, during the call only.
        try {
            return Libc.callLong(PWRITE, file.fd(), from.address(), from.byteSize(), offset, 0, 0);
        } finally {
            Reference.reachabilityFence(from);
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

    /**
     * Reads what a stream has next into several buffers; see readv(2). Allocates nothing.
     *
     * @return the number of bytes, 0 at the stream's end, or a negative error number; never throws for the kernel's
     *     sake
     */
    public static long readv(Pollable stream, IoVector into) {
        return vectored(READV, stream, into, 0);
    }

    /** Writes several buffers to a stream; see writev(2). Returns as {@link #readv} does. */
    public static long writev(Pollable stream, IoVector from) {
        return vectored(WRITEV, stream, from, 0);
    }

    /**
     * Reads from a place in a file into several buffers; see preadv(2). Returns as {@link #readv} does.
     *
     * @param offset where in the file, in bytes
     */
    public static long preadv(Pollable file, IoVector into, long offset) {
        return vectored(PREADV, file, into, offset);
    }

    /**
     * Writes several buffers to a place in a file; see pwritev(2). Returns as {@link #readv} does.
     *
     * @param offset where in the file, in bytes
     */
    public static long pwritev(Pollable file, IoVector from, long offset) {
        return vectored(PWRITEV, file, from, offset);
    }

    private static long vectored(MemorySegment function, Pollable file, IoVector buffers, long offset) {
        try {
            return Libc.callLong(function, file.fd(), buffers.address(), buffers.count(), offset, 0, 0);
        } finally {
            Reference.reachabilityFence(buffers);
        }
    }

    /**
     * The bytes of a file or block device; see lseek(2). Moves the descriptor's own place to the end.
     *
     * @return the size, or a negative error number
     */
    public static long size(Pollable file) {
        return Libc.callLong(LSEEK, file.fd(), 0, SEEK_END, 0, 0, 0);
    }

    /**
     * Where a file has data next, from an offset on; see lseek(2), SEEK_DATA. Moves the descriptor's own place.
     *
     * @return the place, or a negative error number: {@code ENXIO} if there is none
     */
    public static long nextData(Pollable file, long offset) {
        return Libc.callLong(LSEEK, file.fd(), offset, SEEK_DATA, 0, 0, 0);
    }

    /**
     * Where a file has no data next, from an offset on: at its end, if nowhere before; see lseek(2), SEEK_HOLE. Returns
     * as {@link #nextData} does.
     */
    public static long nextHole(Pollable file, long offset) {
        return Libc.callLong(LSEEK, file.fd(), offset, SEEK_HOLE, 0, 0, 0);
    }

    /** Makes a file shorter or longer; see ftruncate(2). Returns 0 or a negative error number. */
    public static int truncate(Pollable file, long size) {
        return Libc.call(FTRUNCATE, file.fd(), size, 0);
    }

    /**
     * Waits until what was written is on the medium; see fdatasync(2). Returns 0 or a negative error number, after
     * which nobody knows what is.
     */
    public static int dataSync(Pollable file) {
        return Libc.call(FDATASYNC, file.fd(), 0, 0);
    }

    /**
     * Asks the kernel to forget what it has of a file in its page cache, but for what is mapped or not yet on the
     * medium; see posix_fadvise(2).
     *
     * @return 0 or a negative error number
     */
    public static int dropCache(Pollable file) {
        // It returns the error number itself.
        return -Libc.call(FADVISE, file.fd(), 0, 0, POSIX_FADV_DONTNEED, 0, 0);
    }

    /**
     * Asks the kernel to read some of a file into its page cache, and does not wait for that; see posix_fadvise(2). It
     * reads no more for one call than it reads ahead on that device.
     *
     * @return 0 or a negative error number
     */
    public static int readAhead(Pollable file, long offset, long length) {
        // It returns the error number itself.
        return -Libc.call(FADVISE, file.fd(), offset, length, POSIX_FADV_WILLNEED, 0, 0);
    }

    /**
     * Gives a range of a file or block device back to the host; it reads as zero after that. See fallocate(2).
     *
     * @return 0 or a negative error number: {@code EOPNOTSUPP} where there is no such thing
     */
    public static int punchHole(Pollable file, long offset, long length) {
        return Libc.call(FALLOCATE, file.fd(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length, 0, 0);
    }

    /** Makes a range read as zero and keeps room for it on the medium. Returns as {@link #punchHole} does. */
    public static int zeroRange(Pollable file, long offset, long length) {
        return Libc.call(FALLOCATE, file.fd(), FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, offset, length, 0, 0);
    }
}
