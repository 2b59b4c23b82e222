// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot.pager;

import io.microlith.vmm.memory.GuardedMemory;
import io.microlith.vmm.memory.GuestMemory;

/**
 * Guest memory in a pager's care, for Java code: each access brings what it is about to touch. The segments of its
 * regions may have pages missing, which Java code must not touch.
 *
 * <p>A page that {@link #slice} or {@link #hostAddress} gave out stays there, even if the guest gives it back: then the
 * kernel has zeros for it.
 */
public final class PagedMemory extends GuardedMemory {
    private final Pager pager;

    /** Memory in the care of a pager that was started. */
    public PagedMemory(GuestMemory memory, Pager pager) {
        super(memory);
        this.pager = pager;
    }

    @Override
    protected void beforeAccess(long gpa, long length) {
        pager.require(gpa, length);
    }

    @Override
    public int discard(long gpa, long length) {
        if ((gpa | length) % Pager.PAGE == 0 && length > 0 && contains(gpa, length)) {
            pager.forgo(gpa, length);
        }
        return super.discard(gpa, length);
    }
}
