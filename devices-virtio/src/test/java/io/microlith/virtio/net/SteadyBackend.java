// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.linux.Errno;
import io.microlith.linux.Pollable;
import io.microlith.vmm.event.Notifier;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;

/**
 * A backend from which frames come by themselves, a number of them for each driver, and which takes all that are sent.
 * Allocates nothing.
 */
final class SteadyBackend implements NetBackend {
    private final Notifier notifier = Notifier.create();
    private final MemorySegment frame = Arena.ofAuto().allocate(NetLayout.MOST_FRAME);
    private final int length;
    private final int pairs;
    private long count;
    private long left;

    SteadyBackend(int length, int pairs, long count) {
        this.length = length;
        this.pairs = pairs;
        this.count = count;
        frame.fill((byte) 0x5a);
    }

    /** Has so many frames come for this driver, and for each that follows. */
    void send(long frames) {
        count = frames;
        left = frames;
        notifier.signal();
    }

    /** A driver comes or goes. */
    @Override
    public void usePairs(int used) {
        left = count;
        notifier.signal();
    }

    @Override
    public int pairs() {
        return pairs;
    }

    @Override
    public Set<Offload> offloads() {
        return Offload.all();
    }

    @Override
    public Pollable readiness(int pair) {
        return notifier;
    }

    @Override
    public long receive(int pair, RxFrame into) {
        if (left == 0) {
            notifier.drain();
            return -Errno.EAGAIN;
        }
        left--;
        return into.put(frame, 0, length);
    }

    @Override
    public long send(int pair, TxFrame sent) {
        sent.get(0, frame, 0, sent.length());
        return sent.length();
    }

    @Override
    public void close() {
        notifier.close();
    }
}
