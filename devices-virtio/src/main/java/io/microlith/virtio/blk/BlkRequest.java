// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import io.microlith.virtio.queue.DescriptorChain;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A request as it comes from the queue (VIRTIO 1.2, 5.2.6): a header of type and sector, data, and a byte for the
 * status at the very end. Filled again and again; nothing here allocates.
 */
final class BlkRequest {
    static final int IN = 0;
    static final int OUT = 1;
    static final int FLUSH = 4;
    static final int GET_ID = 8;
    static final int DISCARD = 11;
    static final int WRITE_ZEROES = 13;

    static final byte OK = 0;
    static final byte IO_ERROR = 1;
    static final byte UNSUPPORTED = 2;

    static final int SECTOR_SHIFT = 9;
    static final int SEGMENT_SIZE = 16;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final DescriptorChain chain;
    private final byte[] bytes = new byte[SEGMENT_SIZE];
    private int type;
    private long sector;

    BlkRequest(DescriptorChain chain) {
        this.chain = chain;
    }

    /** Whether there is room for a status. */
    boolean hasStatus() {
        return chain.writableBytes() != 0;
    }

    /** Reads the header. Returns false if there is none. */
    boolean parse() {
        if (!chain.read(0, bytes, 0, BlockData.HEADER_SIZE)) {
            return false;
        }
        type = (int) INT.get(bytes, 0);
        sector = (long) LONG.get(bytes, 8);
        return true;
    }

    int type() {
        return type;
    }

    /** Where the data go, in sectors; of no meaning for some types. */
    long sector() {
        return sector;
    }

    /** The bytes to read from the disk. */
    long bytesIn() {
        return chain.writableBytes() - 1;
    }

    /** The bytes to write to the disk, or of the segments to trim. */
    long bytesOut() {
        return chain.readableBytes() - BlockData.HEADER_SIZE;
    }

    /** Reads a segment to discard or make zero. */
    void readSegment(long index) {
        var _ = chain.read(BlockData.HEADER_SIZE + index * SEGMENT_SIZE, bytes, 0, SEGMENT_SIZE);
    }

    long segmentSector() {
        return (long) LONG.get(bytes, 0);
    }

    long segmentSectors() {
        return Integer.toUnsignedLong((int) INT.get(bytes, 8));
    }

    int segmentFlags() {
        return (int) INT.get(bytes, 12);
    }

    /** Writes the status. Returns the bytes that the device wrote: all for a read that went well. */
    int finish(byte status) {
        bytes[0] = status;
        var _ = chain.write(chain.writableBytes() - 1, bytes, 0, 1);
        return status == OK ? (int) chain.writableBytes() : 1;
    }
}
