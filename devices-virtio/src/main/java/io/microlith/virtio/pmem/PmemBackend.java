// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pmem;

import java.lang.foreign.MemorySegment;

/**
 * What persistent memory is made of: memory that is mapped into this process, and a way to make it last. The guest
 * reads and writes it without anybody here being asked.
 */
public interface PmemBackend extends AutoCloseable {
    /**
     * The memory: native, a multiple of {@link PmemDevice#ALIGNMENT} in size, at an address that is a multiple of the
     * host's page size. Does not change, and stays mapped until {@link #close}. Nobody here touches it.
     */
    MemorySegment memory();

    /** Whether the guest may not write. Does not change. */
    boolean isReadOnly();

    /**
     * Sees to it that what the guest wrote stays there if the host loses power. Called on the device's loop, one call
     * at a time.
     *
     * @return 0 or a negative error number, which becomes an I/O error of the guest's
     */
    int flush();

    /**
     * Whether all of the memory is still there. Asked about once a second: without this, a guest that touches what is
     * gone may wait for it for ever, since KVM does.
     */
    boolean isWhole();

    /** Gives the memory back. Called once, when the guest sees it no more. */
    @Override
    void close();
}
