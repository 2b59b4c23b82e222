// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import java.lang.foreign.MemorySegment;

/**
 * Memory that a device shares with its driver (VIRTIO 1.2, 2.10). The transport shows it to the guest at addresses of
 * its choice; the driver's accesses are no exits.
 *
 * @param id what the device type calls it, 0 to 255
 * @param memory native memory of the device's, a power of two from a page on, that stays mapped until the VM is closed
 */
public record SharedMemoryRegion(int id, MemorySegment memory) {
    private static final long PAGE = 4096;

    /** Refuses an id or a size that there cannot be. */
    public SharedMemoryRegion {
        long size = memory.byteSize();
        if ((id & ~0xff) != 0 || size < PAGE || Long.bitCount(size) != 1) {
            throw new IllegalArgumentException("no shared memory [id=" + id + " size=" + size + "]");
        }
    }
}
