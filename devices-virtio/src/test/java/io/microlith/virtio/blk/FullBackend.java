// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

/** A disk that says it has a size, on a medium that has none. */
final class FullBackend extends ForwardingBackend {
    private final long size;

    FullBackend(BlockBackend medium, long size) {
        super(medium);
        this.size = size;
    }

    @Override
    public long size() {
        return size;
    }
}
