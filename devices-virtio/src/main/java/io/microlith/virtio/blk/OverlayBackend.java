// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import io.microlith.linux.Errno;
import io.microlith.linux.Fd;
import io.microlith.linux.IoVector;
import io.microlith.linux.PosixIo;
import io.microlith.vmm.error.ConfigException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A disk whose content is another one's, and what was written since: copy on write, in clusters of 4 KiB. The base is
 * only read, so many disks can have the same one.
 *
 * <p>What the overlay holds survives the VM once it was flushed, or the disk was closed. See {@link OverlayMap} for the
 * file's format.
 */
public final class OverlayBackend implements BlockBackend {
    private static final int CLUSTER = OverlayMap.CLUSTER;
    private static final Logger LOG = LoggerFactory.getLogger(OverlayBackend.class);

    private final Path path;
    private final Fd base;
    private final Fd overlay;
    private final OverlayMap map;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment cluster = arena.allocate(CLUSTER, CLUSTER);
    private final IoVector clusterVector = new IoVector(1);

    private OverlayBackend(Path path, Fd base, Fd overlay, OverlayMap map) {
        this.path = path;
        this.base = base;
        this.overlay = overlay;
        this.map = map;
    }

    /**
     * Opens a disk.
     *
     * @param base the file or block device with the content
     * @param overlay the file that gets what is written; made if it is not there
     * @throws ConfigException if one cannot be opened, or the overlay is not one of that base's size
     */
    public static OverlayBackend open(Path base, Path overlay) {
        Fd lower = OverlayMap.openFile(base, Fd.O_RDONLY);
        try {
            Fd upper = OverlayMap.openOrCreate(overlay);
            try {
                return new OverlayBackend(overlay, lower, upper, OverlayMap.open(upper, PosixIo.size(lower), overlay));
            } catch (RuntimeException e) {
                upper.close();
                throw e;
            }
        } catch (RuntimeException e) {
            lower.close();
            throw e;
        }
    }

    @Override
    public long size() {
        return map.size();
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public long read(long offset, BlockData into, long from, long length) {
        long run = Math.min(length, map.run(offset, length));
        IoVector vector = into.toFill(from, run);
        return map.has(offset)
                ? PosixIo.preadv(overlay, vector, map.dataOffset() + offset)
                : PosixIo.preadv(base, vector, offset);
    }

    @Override
    public long write(long offset, BlockData data, long from, long length) {
        int copied = copyEnds(offset, length);
        if (copied < 0) {
            return copied;
        }
        long written = PosixIo.pwritev(overlay, data.toTake(from, length), map.dataOffset() + offset);
        if (written < 0) {
            return written;
        }
        long end = offset + written;
        if (written < length && !map.has(end)) {
            // Cut short in a cluster that is not the overlay's yet: that one is written again, from its start.
            end = Math.max(offset, end / CLUSTER * CLUSTER);
        }
        map.add(offset, end - offset);
        return end - offset;
    }

    /** Copies the clusters up of which a write replaces only a part. Returns 0 or a negative error number. */
    private int copyEnds(long offset, long length) {
        long end = offset + length;
        int result = offset % CLUSTER != 0 ? copyUp(offset) : 0;
        if (result == 0 && end % CLUSTER != 0 && end < map.size()) {
            result = copyUp(end);
        }
        return result;
    }

    private int copyUp(long offset) {
        long start = offset / CLUSTER * CLUSTER;
        if (map.has(start)) {
            return 0;
        }
        int wanted = (int) Math.min(CLUSTER, map.size() - start);
        clusterVector.clear();
        // NATIVE: the kernel fills the cluster, and reads it again, during these calls only.
        clusterVector.add(cluster.address(), wanted);
        long read = PosixIo.preadv(base, clusterVector, start);
        if (read != wanted) {
            return read < 0 ? (int) read : -Errno.EIO;
        }
        long written = PosixIo.pwritev(overlay, clusterVector, map.dataOffset() + start);
        if (written != wanted) {
            return written < 0 ? (int) written : -Errno.EIO;
        }
        map.add(start, wanted);
        return 0;
    }

    @Override
    public int flush() {
        return map.flush();
    }

    /** The map, which comes after what it says is there. */
    @Override
    public int settle() {
        return map.isWritten() ? 0 : map.flush();
    }

    @Override
    public int discard(long offset, long length) {
        int result = clear(offset, length, PosixIo::punchHole);
        // A hint, which a medium that cannot does not take.
        return FileBackend.cannot(result) ? 0 : result;
    }

    @Override
    public int writeZeroes(long offset, long length, Zeroing zeroing) {
        return clear(offset, length, (file, at, size) -> FileBackend.zero(file, at, size, zeroing));
    }

    /** A way to make a range of a file read as zero. Returns 0 or a negative error number. */
    private interface Clearing {
        int clear(Fd file, long offset, long length);
    }

    private int clear(long offset, long length, Clearing how) {
        int result = copyEnds(offset, length);
        if (result == 0) {
            result = how.clear(overlay, map.dataOffset() + offset, length);
        }
        if (result == 0) {
            map.add(offset, length);
        }
        return result;
    }

    @Override
    public void close() {
        int result = map.flush();
        if (result < 0) {
            LOG.warn(
                    "overlay={} was not written to its end: what its guest wrote since the last flush is lost [cause={}]",
                    path,
                    Errno.describe(-result));
        }
        overlay.close();
        base.close();
        arena.close();
    }
}
