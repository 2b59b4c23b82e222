// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Backlogs for the connections that need one now: there are as many as hosts that do not read, and a few more in
 * reserve, so that a connection which stops and goes on allocates nothing.
 */
final class BacklogPool implements AutoCloseable {
    /** How many are kept for later. */
    static final int RESERVE = 8;

    private final int capacity;
    private final Deque<Backlog> reserve = new ArrayDeque<>(RESERVE + 1);

    /** Makes a pool of backlogs that hold so many bytes each. */
    BacklogPool(int capacity) {
        this.capacity = capacity;
    }

    Backlog take() {
        Backlog kept = reserve.poll();
        return kept != null ? kept : new Backlog(capacity);
    }

    void giveBack(Backlog backlog) {
        backlog.clear();
        if (reserve.size() < RESERVE) {
            reserve.push(backlog);
        } else {
            backlog.close();
        }
    }

    int kept() {
        return reserve.size();
    }

    @Override
    public void close() {
        reserve.forEach(Backlog::close);
        reserve.clear();
    }
}
