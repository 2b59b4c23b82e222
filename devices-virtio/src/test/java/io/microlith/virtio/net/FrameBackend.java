// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.linux.Errno;
import io.microlith.linux.Pollable;
import io.microlith.virtio.SeedWriter;
import io.microlith.vmm.event.Notifier;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A backend in the test's hand. Takes what there is and gives what it was given. */
final class FrameBackend implements NetBackend {
    private static final int HEADER = 12;

    final List<byte[]> sent = new ArrayList<>();
    final List<Integer> used = new ArrayList<>();
    Set<Offload> accepted = Set.of();
    boolean closed;

    /** Where it is written down what arrives, for {@link NetFuzzTest}. */
    SeedWriter script = new SeedWriter();

    boolean connected = true;

    /** What {@link #send} says, if it is an error. */
    int sendError;

    /** What {@link #receive} says when there is nothing. */
    int receiveError = -Errno.EAGAIN;

    private final Deque<byte[]> arriving = new ArrayDeque<>();

    /** One for each pair. What arrives is the first's. */
    private final List<Notifier> notifiers;

    FrameBackend() {
        this(1);
    }

    FrameBackend(int pairs) {
        notifiers = Stream.generate(Notifier::create).limit(pairs).toList();
    }

    /** Has a frame come, with a header that says as much as one can. */
    void arrive(byte... frame) {
        NetFuzzTest.arrive(script, frame.length);
        arriving.add(frame);
        ready();
    }

    /** Becomes ready, for reading and writing. */
    void ready() {
        notifiers.getFirst().signal();
    }

    @Override
    public int pairs() {
        return notifiers.size();
    }

    @Override
    public Set<Offload> offloads() {
        return Offload.all();
    }

    @Override
    public void accept(Set<Offload> offloads) {
        accepted = EnumSet.noneOf(Offload.class);
        accepted.addAll(offloads);
    }

    @Override
    public void usePairs(int count) {
        used.add(count);
    }

    @Override
    public Pollable readiness(int pair) {
        return notifiers.get(pair);
    }

    @Override
    public long receive(int pair, RxFrame into) {
        byte[] frame = arriving.poll();
        if (frame == null) {
            notifiers.get(pair).drain();
            return receiveError;
        }
        byte[] header = new byte[HEADER];
        header[0] = 2;
        header[10] = 77;
        return into.put(MemorySegment.ofArray(header), 0, MemorySegment.ofArray(frame), 0, frame.length);
    }

    @Override
    public long send(int pair, TxFrame frame) {
        if (sendError < 0) {
            return sendError;
        }
        byte[] copy = new byte[HEADER + frame.length()];
        MemorySegment segment = MemorySegment.ofArray(copy);
        frame.getHeader(segment, 0);
        frame.get(0, segment, HEADER, frame.length());
        sent.add(copy);
        return frame.length();
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    @Override
    public void close() {
        closed = true;
        notifiers.forEach(Notifier::close);
    }
}
