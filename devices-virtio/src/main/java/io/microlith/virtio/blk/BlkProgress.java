// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

/**
 * How far the first request of a queue has come. A request that is not done when the device's turn is over goes back
 * into its queue, and goes on from here when it is popped again. If the driver made it another one meanwhile, what it
 * gets is its own affair: the request is checked anew, and nothing outside of it is moved.
 */
final class BlkProgress {
    private boolean begun;
    private long done;

    /** The request is under way, its cost taken. */
    void begin() {
        begun = true;
    }

    boolean isBegun() {
        return begun;
    }

    /** The bytes that were moved. */
    long done() {
        return done;
    }

    void add(long moved) {
        done += moved;
    }

    /** The next request is another one. */
    void clear() {
        begun = false;
        done = 0;
    }
}
