// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import io.microlith.linux.Errno;

/**
 * What a disk is made of: a file, memory, or anything an embedder writes. Called on the device's loop, one call at a
 * time, with ranges that are inside the disk.
 *
 * <p>Results are numbers of bytes or negative error numbers ({@link Errno}): an error becomes one of the guest's, for
 * that request alone. Throw nothing for what a medium can do.
 */
public interface BlockBackend extends AutoCloseable {
    /** The bytes of the disk; what is beyond the last whole sector of 512 is not used. Does not change. */
    long size();

    /** Whether the guest may write. Does not change. */
    boolean isReadOnly();

    /**
     * Reads from the disk into a request.
     *
     * @param offset where on the disk, in bytes
     * @param into the request's buffers
     * @param from where in them, in bytes
     * @param length how many bytes, at least 1
     * @return how many were read, or a negative error number; with less than {@code length} this is called again for
     *     the rest, and 0 is an error
     */
    long read(long offset, BlockData into, long from, long length);

    /** Writes from a request to the disk, as {@link #read} reads. Not called for a disk that is read-only. */
    long write(long offset, BlockData data, long from, long length);

    /** Sees to it that what was written stays there if the host loses power. Returns 0 or a negative error number. */
    int flush();

    /**
     * Sees to it that the medium's files have what the guest wrote, for who copies them while the device is paused: not
     * called while another method is. Returns 0 or a negative error number.
     */
    default int settle() {
        return 0;
    }

    /** The guest needs a range no more; it may read as anything. Returns 0 or a negative error number. */
    int discard(long offset, long length);

    /**
     * Makes a range read as zero.
     *
     * @param zeroing what becomes of its room
     * @return 0 or a negative error number
     */
    int writeZeroes(long offset, long length, Zeroing zeroing);

    /** What becomes of the room on the medium that a range of zeros had. */
    enum Zeroing {
        /** It stays. */
        KEEP_ROOM,
        /** It may be given back. */
        MAY_UNMAP
    }

    /** Gives the medium back. Called once, after the last request. */
    @Override
    void close();
}
