// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import io.microlith.linux.Mapping;

/** Gives pages of guest memory back to the host, which read as zero after that. */
@FunctionalInterface
interface PageDiscard {
    /** Of a memfd, or of memory without a file. */
    PageDiscard OF_MAPPING = (region, offset, length) -> region.file().isPresent()
            ? Mapping.remove(region.segment(), offset, length)
            : Mapping.discard(region.segment(), offset, length);

    /**
     * Gives whole pages back.
     *
     * @param offset in the region
     * @return 0 or a negative error number
     */
    int discard(GuestRegion region, long offset, long length);
}
