// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.microlith.linux.Errno;
import io.microlith.linux.Pollable;
import io.microlith.vmm.event.Notifier;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A port of a {@link NetSwitch}. Frames for it come from other devices' threads; all else is its own device's. */
final class SwitchPort implements NetBackend {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final int SOURCE = 6;

    private final NetSwitch owner;
    private final int number;
    private final Notifier notifier = Notifier.create();
    private final FrameRing arriving = new FrameRing();

    /** The frame that is being sent: read once, so that all get the same. */
    private final MemorySegment sent = Arena.ofAuto().allocate(NetLayout.MOST_FRAME, Long.BYTES);

    /** Whether the port's device found no frame, and waits to be rung for. */
    private volatile boolean waiting = true;

    SwitchPort(NetSwitch owner, int number) {
        this.owner = owner;
        this.number = number;
    }

    int number() {
        return number;
    }

    @Override
    public Pollable readiness(int pair) {
        return notifier;
    }

    @Override
    public long receive(int pair, RxFrame into) {
        long bytes = arriving.take(into);
        if (bytes == 0) {
            var _ = notifier.drain();
            // Who puts a frame in stores it and then looks here; we store here and then look for a frame.
            waiting = true;
            bytes = arriving.take(into);
        }
        return bytes == 0 ? -Errno.EAGAIN : bytes;
    }

    @Override
    public long send(int pair, TxFrame frame) {
        int length = frame.length();
        frame.get(0, sent, 0, length);
        owner.pass(this, sent, length, sent.get(LONG, 0) >>> Short.SIZE, sent.get(LONG, SOURCE) >>> Short.SIZE);
        return length;
    }

    /** A frame for this port. Any thread. Returns whether there was room for it. */
    boolean offer(MemorySegment frame, int length) {
        boolean taken = arriving.offer(frame, 0, length);
        if (taken && waiting) {
            waiting = false;
            notifier.signal();
        }
        return taken;
    }

    @Override
    public void close() {
        owner.unplug(this);
        notifier.close();
    }

    /** {@code switch port 0}. */
    @Override
    public String toString() {
        return "switch port " + number;
    }
}
