// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.snapshot.pager.Pager;
import io.microlith.vmm.memory.GuestRegion;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;

/** What is brought of a machine's memory before the machine wants it, and when. */
interface Prefetch {
    /** Nothing. */
    Prefetch NOTHING = (_, _, _, pager) -> {
        pager.start();
        return () -> {};
    };

    /** Something that goes on. */
    interface Loading extends AutoCloseable {
        /** Ends it, and waits for that. */
        @Override
        void close();
    }

    /**
     * Begins.
     *
     * @param regions the machine's memory, which nobody has touched
     * @param data the pages that are not all zeros
     * @param pager has it in its care, and is started by this
     * @return what goes on when this returns
     * @throws IOException if the host cannot read
     * @throws io.microlith.vmm.error.VmmException if there is nothing to prefetch, or not what it should be
     */
    Loading begin(Snapshot snapshot, List<GuestRegion> regions, BitSet data, Pager pager) throws IOException;
}
