// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import java.util.Optional;

/** A host that has something to say to any guest, at once: it connects to hundreds of ports, and takes what comes. */
final class ChattyHost implements VsockHost {
    private static final int CONNECTIONS = 300;

    @Override
    public void attach(VsockGuest guest) {
        for (int port = 0; port < CONNECTIONS; port++) {
            guest.connect(new FakeStream(), port);
        }
    }

    @Override
    public void detach() {}

    @Override
    public Optional<VsockStream> dial(int hostPort, int guestPort) {
        FakeStream stream = new FakeStream();
        stream.toSend.append("welcome");
        stream.room = guestPort;
        return hostPort % 2 == 0 ? Optional.of(stream) : Optional.empty();
    }

    @Override
    public void close() {}
}
