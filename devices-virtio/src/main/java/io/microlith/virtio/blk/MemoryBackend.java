// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import java.util.Arrays;

/** A disk in memory of the JVM, which is gone when the VM is. */
public final class MemoryBackend implements BlockBackend {
    private final byte[] content;

    /** Makes a disk of zeros. */
    public MemoryBackend(int size) {
        this(new byte[size]);
    }

    private MemoryBackend(byte[] content) {
        this.content = content;
    }

    /** Makes a disk of a copy of some bytes. */
    public static MemoryBackend of(byte... content) {
        return new MemoryBackend(content.clone());
    }

    /** A copy of what is on the disk. While no VM uses it. */
    public byte[] content() {
        return content.clone();
    }

    @Override
    public long size() {
        return content.length;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public long read(long offset, BlockData into, long from, long length) {
        into.put(from, content, (int) offset, (int) length);
        return length;
    }

    @Override
    public long write(long offset, BlockData data, long from, long length) {
        data.get(from, content, (int) offset, (int) length);
        return length;
    }

    @Override
    public int flush() {
        return 0;
    }

    @Override
    public int discard(long offset, long length) {
        return writeZeroes(offset, length, Zeroing.MAY_UNMAP);
    }

    @Override
    public int writeZeroes(long offset, long length, Zeroing zeroing) {
        Arrays.fill(content, (int) offset, (int) (offset + length), (byte) 0);
        return 0;
    }

    @Override
    public void close() {}
}
