// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import io.microlith.linux.Errno;
import io.microlith.linux.Fd;
import io.microlith.linux.IoVector;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.error.ConfigException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A disk in a raw file or on a block device. Data go straight between it and guest memory.
 *
 * <p>A full host disk, and a file that was made shorter, are I/O errors of the requests they concern.
 */
public final class FileBackend implements BlockBackend {
    private static final int ZEROS_SIZE = 64 << 10;

    private final Fd file;
    private final long size;
    private final Access access;

    /** What the guest may do. */
    public enum Access {
        /** Read, and nothing else. */
        READ_ONLY,
        /** Read and write. */
        READ_WRITE
    }

    private FileBackend(Fd file, long size, Access access) {
        this.file = file;
        this.size = size;
        this.access = access;
    }

    /**
     * Opens a file or block device for reading and writing.
     *
     * @throws ConfigException if it cannot be
     */
    public static FileBackend open(Path path) {
        return open(path, Access.READ_WRITE);
    }

    /**
     * Opens a file or block device.
     *
     * @throws ConfigException if it cannot be
     */
    public static FileBackend open(Path path, Access access) {
        Fd file;
        try {
            file = Fd.open(path, access == Access.READ_ONLY ? Fd.O_RDONLY : Fd.O_RDWR);
        } catch (SystemCallException e) {
            throw new ConfigException("blk.path", path + " cannot be opened: " + e.getMessage(), e);
        }
        long size = Files.isDirectory(path) ? -Errno.EINVAL : PosixIo.size(file);
        if (size < 0) {
            file.close();
            throw new ConfigException("blk.path", path + " has no size: give a file or a block device");
        }
        return new FileBackend(file, size, access);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public boolean isReadOnly() {
        return access == Access.READ_ONLY;
    }

    @Override
    public long read(long offset, BlockData into, long from, long length) {
        return PosixIo.preadv(file, into.toFill(from, length), offset);
    }

    @Override
    public long write(long offset, BlockData data, long from, long length) {
        return PosixIo.pwritev(file, data.toTake(from, length), offset);
    }

    @Override
    public int flush() {
        return PosixIo.dataSync(file);
    }

    @Override
    public int discard(long offset, long length) {
        int result = PosixIo.punchHole(file, offset, length);
        // A hint, which a medium that cannot does not take.
        return cannot(result) ? 0 : result;
    }

    @Override
    public int writeZeroes(long offset, long length, Zeroing zeroing) {
        return zero(file, offset, length, zeroing);
    }

    /** Makes a range of a file read as zero, in the best way the host has. Returns 0 or a negative error number. */
    static int zero(Fd file, long offset, long length, Zeroing zeroing) {
        int result = zeroing == Zeroing.MAY_UNMAP
                ? PosixIo.punchHole(file, offset, length)
                : PosixIo.zeroRange(file, offset, length);
        return cannot(result) ? writeZeros(file, offset, length) : result;
    }

    /**
     * Whether the medium has no such operation, or a block device whose blocks are larger than 512 bytes none for a
     * range that cuts one; see fallocate(2).
     */
    static boolean cannot(int result) {
        return result == -Errno.EOPNOTSUPP || result == -Errno.EINVAL;
    }

    /** Writes zeros where the host has no better way. Returns 0 or a negative error number. */
    private static int writeZeros(Fd file, long offset, long length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment zeros = arena.allocate(ZEROS_SIZE);
            IoVector vector = new IoVector(1);
            long done = 0;
            while (done < length) {
                vector.clear();
                // NATIVE: the kernel reads the zeros, during the call only.
                vector.add(zeros.address(), Math.min(ZEROS_SIZE, length - done));
                long written = PosixIo.pwritev(file, vector, offset + done);
                if (written <= 0 && written != -Errno.EINTR) {
                    return written == 0 ? -Errno.EIO : (int) written;
                }
                done += Math.max(0, written);
            }
            return 0;
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
