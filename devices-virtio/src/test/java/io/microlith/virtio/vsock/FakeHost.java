// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A host's side with a stream for each port that a test wants one for. */
final class FakeHost implements VsockHost {
    final Map<Integer, FakeStream> streams = new HashMap<>();

    @Nullable
    VsockGuest guest;

    boolean closed;

    /** Something to connect to, at a port. */
    FakeStream at(int port) {
        return streams.computeIfAbsent(port, _ -> new FakeStream());
    }

    /** The host connects to the guest. */
    FakeStream connect(int guestPort) {
        FakeStream stream = new FakeStream();
        VsockGuest to = guest;
        if (to == null) {
            throw new IllegalStateException("not attached");
        }
        to.exclusive(() -> to.connect(stream, guestPort)).run();
        return stream;
    }

    @Override
    public void attach(VsockGuest to) {
        guest = to;
    }

    @Override
    public void detach() {
        guest = null;
    }

    @Override
    public Optional<VsockStream> dial(int hostPort, int guestPort) {
        return Optional.ofNullable(streams.get(hostPort));
    }

    @Override
    public void close() {
        closed = true;
    }
}
