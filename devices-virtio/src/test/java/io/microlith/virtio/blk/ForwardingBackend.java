// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

/** A disk that leaves all to another one, for tests that change some of it. */
class ForwardingBackend implements BlockBackend {
    private final BlockBackend medium;

    ForwardingBackend(BlockBackend medium) {
        this.medium = medium;
    }

    @Override
    public long size() {
        return medium.size();
    }

    @Override
    public boolean isReadOnly() {
        return medium.isReadOnly();
    }

    @Override
    public long read(long offset, BlockData into, long from, long length) {
        return medium.read(offset, into, from, length);
    }

    @Override
    public long write(long offset, BlockData data, long from, long length) {
        return medium.write(offset, data, from, length);
    }

    @Override
    public int flush() {
        return medium.flush();
    }

    @Override
    public int discard(long offset, long length) {
        return medium.discard(offset, length);
    }

    @Override
    public int writeZeroes(long offset, long length, Zeroing zeroing) {
        return medium.writeZeroes(offset, length, zeroing);
    }

    @Override
    public void close() {
        medium.close();
    }
}
