// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A host that has something to say to any guest, at once: it connects to hundreds of ports, and takes what comes. */
final class ChattyHost implements VsockHost {
    private static final int CONNECTIONS = 300;

    private @Nullable VsockGuest guest;
    private boolean speaks = true;

    /** One that says nothing before it is told to {@link #speak}. */
    static ChattyHost silent() {
        ChattyHost host = new ChattyHost();
        host.speaks = false;
        return host;
    }

    /** Begins to connect to this guest, and to each that follows. */
    void speak() {
        speaks = true;
        VsockGuest to = guest;
        if (to != null) {
            to.exclusive(() -> connect(to)).run();
        }
    }

    private static void connect(VsockGuest to) {
        for (int port = 0; port < CONNECTIONS; port++) {
            to.connect(new FakeStream(), port);
        }
    }

    @Override
    public void attach(VsockGuest to) {
        guest = to;
        if (speaks) {
            connect(to);
        }
    }

    @Override
    public void detach() {
        guest = null;
    }

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
