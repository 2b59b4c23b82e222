// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.snapshot.pager.Pager;
import io.microlith.vmm.memory.GuestRegion;
import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;

/** What is brought of a machine's memory before the machine wants it, and when. */
interface Prefetch {
    /** Nothing. */
    Prefetch NOTHING = (_, _, _, pager, _) -> {
        pager.start();
        return Loading.DONE;
    };

    /** Something that goes on. */
    interface Loading {
        /** Nothing that does. */
        Loading DONE = new Loading() {
            @Override
            public boolean end(Duration most) {
                return true;
            }

            @Override
            public void whenEnded(Runnable action) {
                action.run();
            }
        };

        /**
         * Ends it, and waits for that.
         *
         * @param most how long to wait
         * @return whether it has ended
         */
        boolean end(Duration most);

        /** Has something done when it has ended: now if it has, else by its thread. */
        void whenEnded(Runnable action);
    }

    /**
     * Begins.
     *
     * @param regions the machine's memory, which nobody has touched
     * @param data the pages that are not all zeros
     * @param pager has it in its care, and is started by this
     * @param progress hears of each piece that was brought before this returns
     * @return what goes on when this returns
     * @throws IOException if the host cannot read
     * @throws io.microlith.vmm.error.VmmException if there is nothing to prefetch, or not what it should be
     */
    Loading begin(Snapshot snapshot, List<GuestRegion> regions, BitSet data, Pager pager, Supervised.Progress progress)
            throws IOException;
}
