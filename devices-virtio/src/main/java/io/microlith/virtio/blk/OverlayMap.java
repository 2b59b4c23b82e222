// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.microlith.linux.Errno;
import io.microlith.linux.Fd;
import io.microlith.linux.IoVector;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.error.ConfigException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which clusters an overlay file has. All numbers are little-endian:
 *
 * <pre>
 *   0            magic "MLTHOVL1" | version u32 | cluster size u32 | size of the disk u64 | zeros
 *   4096         bit map, one bit a cluster, lowest first; up to a multiple of 4096
 *   data offset  the disk, with holes where the overlay has no cluster
 * </pre>
 *
 * <p>A bit is in the file only after the data of its cluster are on the medium: a crash between two flushes leaves the
 * disk as it was at the first, except for clusters it had already.
 */
final class OverlayMap {
    static final int CLUSTER = 4096;

    private static final long MAGIC = 0x314c_564f_4854_4c4dL;
    private static final int VERSION = 1;
    private static final long VERSION_AT = 8;
    private static final long CLUSTER_AT = 12;
    private static final long SIZE_AT = 16;
    private static final long MAX_SIZE = 1L << 43;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN);

    private final Fd file;
    private final long size;

    /** The file's head: header and bit map. */
    private final MemorySegment head;

    private final IoVector headVector = new IoVector(1);
    private boolean dirty;

    private OverlayMap(Fd file, long size) {
        this.file = file;
        this.size = size;
        long clusters = Math.ceilDiv(size, CLUSTER);
        long bitmap = Math.ceilDiv(Math.ceilDiv(clusters, Byte.SIZE), CLUSTER) * CLUSTER;
        head = Arena.ofAuto().allocate(CLUSTER + bitmap, CLUSTER);
    }

    static Fd openFile(Path path, int flags) {
        try {
            return Fd.open(path, flags);
        } catch (SystemCallException e) {
            throw new ConfigException("blk.path", path + " cannot be opened: " + e.getMessage(), e);
        }
    }

    static Fd openOrCreate(Path path) {
        try {
            if (Files.notExists(path)) {
                Files.createFile(path);
            }
        } catch (IOException e) {
            throw new ConfigException("blk.overlay", path + " cannot be made: " + e, e);
        }
        return openFile(path, Fd.O_RDWR);
    }

    /** Reads the map of a file, or makes one in an empty file. */
    static OverlayMap open(Fd file, long size, Path path) {
        if (size < 0 || size > MAX_SIZE) {
            throw new ConfigException("blk.path", "the base of " + path + " has no size an overlay can have");
        }
        OverlayMap map = new OverlayMap(file, size);
        long found = PosixIo.size(file);
        if (found == 0) {
            map.create(path);
        } else {
            map.load(path);
        }
        return map;
    }

    private void create(Path path) {
        head.set(LONG, 0, MAGIC);
        head.set(INT, VERSION_AT, VERSION);
        head.set(INT, CLUSTER_AT, CLUSTER);
        head.set(LONG, SIZE_AT, size);
        dirty = true;
        int result = PosixIo.truncate(file, dataOffset() + size);
        if (result == 0) {
            result = flush();
        }
        if (result < 0) {
            throw new ConfigException("blk.overlay", path + " cannot be written: " + Errno.describe(-result));
        }
    }

    private void load(Path path) {
        long read = PosixIo.preadv(file, headVector(), 0);
        if (read != head.byteSize()
                || head.get(LONG, 0) != MAGIC
                || head.get(INT, VERSION_AT) != VERSION
                || head.get(INT, CLUSTER_AT) != CLUSTER) {
            throw new ConfigException("blk.overlay", path + " is no overlay: give an empty or a new file");
        }
        if (head.get(LONG, SIZE_AT) != size) {
            throw new ConfigException(
                    "blk.overlay",
                    path + " is for a disk of " + head.get(LONG, SIZE_AT) + " bytes, and this one has " + size);
        }
    }

    private IoVector headVector() {
        headVector.clear();
        // NATIVE: the kernel reads or fills the head, during the call only; this object keeps it alive.
        headVector.add(head.address(), head.byteSize());
        return headVector;
    }

    /** The bytes of the disk. */
    long size() {
        return size;
    }

    /** Where in the file the disk begins. */
    long dataOffset() {
        return head.byteSize();
    }

    /** Whether the overlay has the cluster of a byte. */
    boolean has(long offset) {
        long index = offset / CLUSTER;
        return (head.get(ValueLayout.JAVA_BYTE, CLUSTER + index / Byte.SIZE) >>> index % Byte.SIZE & 1) != 0;
    }

    /** How many bytes from an offset on are in the same file as the first; at most {@code length}, about. */
    long run(long offset, long length) {
        boolean first = has(offset);
        long end = (offset / CLUSTER + 1) * CLUSTER;
        while (end < offset + length && has(end) == first) {
            end += CLUSTER;
        }
        return end - offset;
    }

    /** Notes that the overlay has the clusters of a range. */
    void add(long offset, long length) {
        if (length <= 0) {
            return;
        }
        for (long index = offset / CLUSTER; index <= (offset + length - 1) / CLUSTER; index++) {
            long at = CLUSTER + index / Byte.SIZE;
            int before = head.get(ValueLayout.JAVA_BYTE, at);
            head.set(ValueLayout.JAVA_BYTE, at, (byte) (before | 1 << index % Byte.SIZE));
        }
        dirty = true;
    }

    /** Whether the file has the map as it is. */
    boolean isWritten() {
        return !dirty;
    }

    /** Puts data and then map onto the medium. Returns 0 or a negative error number. */
    int flush() {
        int result = PosixIo.dataSync(file);
        if (result < 0 || !dirty) {
            return result;
        }
        long written = PosixIo.pwritev(file, headVector(), 0);
        if (written != head.byteSize()) {
            return written < 0 ? (int) written : -Errno.EIO;
        }
        dirty = false;
        return PosixIo.dataSync(file);
    }
}
