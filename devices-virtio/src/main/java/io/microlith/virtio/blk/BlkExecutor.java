// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import io.microlith.linux.Errno;
import io.microlith.linux.IoVector;
import io.microlith.virtio.OccurrenceLog;
import io.microlith.virtio.queue.DescriptorChain;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/** Does what requests ask for. On the device's loop; allocates nothing. */
final class BlkExecutor {
    /** Of a request that goes on in the device's next turn. */
    static final int UNFINISHED = -1;

    /** The most bytes that are moved before others may have their turn. */
    private static final long SLICE = 1 << 20;

    private static final int UNMAP = 1;

    /** {@link BlockBackend#read} or {@link BlockBackend#write}. */
    private interface Transfer {
        long move(long offset, BlockData data, long from, long length);
    }

    private final BlockBackend backend;
    private final Transfer reading;
    private final Transfer writing;
    private final BlkEvents events;
    private final OccurrenceLog failures;
    private final long sectors;
    private final byte[] serial;
    private final DescriptorChain chain;
    private final BlkRequest request;
    private final BlockData data;
    private final BooleanSupplier mayGoOn;

    /**
     * Makes an executor.
     *
     * @param mayGoOn whether the device's turn goes on
     */
    BlkExecutor(BlockBackend backend, BlkConfig config, String id, DescriptorChain chain, BooleanSupplier mayGoOn) {
        this.backend = backend;
        this.mayGoOn = mayGoOn;
        reading = backend::read;
        writing = backend::write;
        this.chain = chain;
        events = config.events();
        failures = new OccurrenceLog(BlkExecutor.class, id, "gave its guest an I/O error");
        sectors = backend.size() >> BlkRequest.SECTOR_SHIFT;
        serial = Arrays.copyOf(config.serial().getBytes(StandardCharsets.US_ASCII), BlkConfig.SERIAL_SIZE);
        request = new BlkRequest(chain);
        data = new BlockData(chain, new IoVector(BlkLayout.QUEUE_SIZE));
    }

    long sectors() {
        return sectors;
    }

    /** What the request in the chain will move, for the rate limiter. */
    long cost() {
        return chain.readableBytes() + chain.writableBytes();
    }

    /**
     * Serves the request in the chain.
     *
     * @param progress how far it has come
     * @return the number of bytes written into it, or {@link #UNFINISHED}
     */
    int serve(BlkProgress progress) {
        if (!request.hasStatus()) {
            events.onRefused();
            return 0;
        }
        if (!request.parse()) {
            return request.finish(refuse(BlkRequest.IO_ERROR));
        }
        byte status = execute(progress);
        return status == UNFINISHED ? UNFINISHED : request.finish(status);
    }

    private byte execute(BlkProgress progress) {
        return switch (request.type()) {
            case BlkRequest.IN -> read(progress);
            case BlkRequest.OUT -> write(progress);
            case BlkRequest.FLUSH -> flush();
            case BlkRequest.GET_ID -> identify();
            case BlkRequest.DISCARD, BlkRequest.WRITE_ZEROES -> trim();
            default -> refuse(BlkRequest.UNSUPPORTED);
        };
    }

    private byte read(BlkProgress progress) {
        long length = request.bytesIn();
        if (!isInside(request.sector(), length)) {
            return refuse(BlkRequest.IO_ERROR);
        }
        byte status = transfer(reading, progress, length);
        if (status == BlkRequest.OK) {
            events.onRead(length);
        }
        return status;
    }

    private byte write(BlkProgress progress) {
        long length = request.bytesOut();
        if (backend.isReadOnly() || !isInside(request.sector(), length)) {
            return refuse(BlkRequest.IO_ERROR);
        }
        byte status = transfer(writing, progress, length);
        if (status == BlkRequest.OK) {
            events.onWritten(length);
        }
        return status;
    }

    /** Moves the data, in as many calls as it takes and as many turns. */
    private byte transfer(Transfer direction, BlkProgress progress, long length) {
        long offset = request.sector() << BlkRequest.SECTOR_SHIFT;
        boolean first = true;
        while (progress.done() < length) {
            if (!first && !mayGoOn.getAsBoolean()) {
                return UNFINISHED;
            }
            first = false;
            long done = progress.done();
            long moved = direction.move(offset + done, data, done, Math.min(SLICE, length - done));
            if (moved <= 0 && moved != -Errno.EINTR) {
                return fail(moved);
            }
            progress.add(Math.max(0, moved));
        }
        return BlkRequest.OK;
    }

    /** Whether whole sectors of the disk are asked for. */
    private boolean isInside(long sector, long bytes) {
        return bytes % (1 << BlkRequest.SECTOR_SHIFT) == 0
                && sector >= 0
                && sector <= sectors
                && bytes >> BlkRequest.SECTOR_SHIFT <= sectors - sector;
    }

    private byte flush() {
        int result = backend.flush();
        if (result < 0) {
            return fail(result);
        }
        events.onFlushed();
        return BlkRequest.OK;
    }

    private byte identify() {
        int length = (int) Math.min(serial.length, request.bytesIn());
        return chain.write(0, serial, 0, length) ? BlkRequest.OK : refuse(BlkRequest.IO_ERROR);
    }

    private byte trim() {
        long segments = request.bytesOut() / BlkRequest.SEGMENT_SIZE;
        if (backend.isReadOnly()
                || request.bytesOut() % BlkRequest.SEGMENT_SIZE != 0
                || segments == 0
                || segments > maxSegments()) {
            return refuse(BlkRequest.IO_ERROR);
        }
        for (int i = 0; i < segments; i++) {
            request.readSegment(i);
            byte status = trim(request.segmentSector(), request.segmentSectors(), request.segmentFlags());
            if (status != BlkRequest.OK) {
                return status;
            }
        }
        return BlkRequest.OK;
    }

    private int maxSegments() {
        return request.type() == BlkRequest.WRITE_ZEROES ? BlkLayout.MAX_ZERO_SEGMENTS : BlkLayout.MAX_DISCARD_SEGMENTS;
    }

    private byte trim(long sector, long count, int flags) {
        boolean zeroes = request.type() == BlkRequest.WRITE_ZEROES;
        long most = zeroes ? BlkLayout.MAX_ZERO_SECTORS : BlkLayout.MAX_DISCARD_SECTORS;
        // Reserved bits, and "unmap" in a discard, are refused as unsupported (5.2.6.2).
        if ((flags & ~(zeroes ? UNMAP : 0)) != 0) {
            return refuse(BlkRequest.UNSUPPORTED);
        }
        if (count > most || !isInside(sector, count << BlkRequest.SECTOR_SHIFT)) {
            return refuse(BlkRequest.IO_ERROR);
        }
        if (count == 0) {
            return BlkRequest.OK;
        }
        long offset = sector << BlkRequest.SECTOR_SHIFT;
        long length = count << BlkRequest.SECTOR_SHIFT;
        int result = zeroes
                ? backend.writeZeroes(
                        offset,
                        length,
                        (flags & UNMAP) != 0 ? BlockBackend.Zeroing.MAY_UNMAP : BlockBackend.Zeroing.KEEP_ROOM)
                : backend.discard(offset, length);
        if (result < 0) {
            return fail(result);
        }
        events.onTrimmed(length);
        return BlkRequest.OK;
    }

    private byte refuse(byte status) {
        events.onRefused();
        return status;
    }

    /** An error of the medium; 0 bytes is what a file gives that was made shorter. */
    private byte fail(long result) {
        int errno = result == 0 ? Errno.EIO : (int) -result;
        failures.add(Errno.describe(errno));
        events.onFailed(errno);
        return BlkRequest.IO_ERROR;
    }
}
