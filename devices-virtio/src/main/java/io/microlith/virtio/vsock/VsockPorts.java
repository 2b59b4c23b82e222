// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * This program's own end of a guest's socket device: connections to programs in the guest, and ports to which they
 * connect, with no socket of the host's. Made before the machine, and given to one at a time. Any thread.
 */
public final class VsockPorts implements VsockHost {
    /** How long {@link #connect(int)} waits. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Integer, VsockListener> listeners = new HashMap<>();

    /** Connections that wait for the driver. */
    private final Deque<ChannelStream> requests = new ArrayDeque<>();

    /** Streams at which the device is to look, each once. */
    private final Deque<ChannelStream> rung = new ArrayDeque<>();

    private @Nullable Attachment attachment;
    private boolean taken;

    /** Makes ports for a machine that is yet to be made. */
    public VsockPorts() {}

    /** A device's way to be woken up, as long as its driver is ready. */
    private record Attachment(VsockGuest guest, Notifier bell, Registration registration, Runnable connecting) {}

    // ---- this program's side --------------------------------------------------------------------------------------

    /**
     * Connects to a port of the guest's, and waits until a program there accepts; before that for the guest's driver,
     * if it is not ready. Half a minute in all.
     *
     * @throws java.net.ConnectException if nobody listens there, or the machine is closed
     * @throws java.net.SocketTimeoutException if that takes too long
     */
    public VsockChannel connect(int port) throws IOException {
        return connect(port, PATIENCE);
    }

    /** Connects as {@link #connect(int)} does, and waits no longer than it is told. */
    public VsockChannel connect(int port, Duration patience) throws IOException {
        ChannelStream stream = new ChannelStream(this, port);
        lock.lock();
        try {
            requests.add(stream);
            ring();
        } finally {
            lock.unlock();
        }
        boolean open = false;
        try {
            stream.awaitOpen(patience);
            open = true;
        } finally {
            if (!open) {
                giveUp(stream);
            }
        }
        return new VsockChannel(stream);
    }

    private void giveUp(ChannelStream stream) {
        lock.lock();
        try {
            requests.remove(stream);
        } finally {
            lock.unlock();
        }
        stream.closeChannel();
    }

    /**
     * Takes a port of the host's, to which programs in the guest can connect from now on.
     *
     * @throws ConfigException if it is taken
     */
    public VsockListener listen(int port) {
        VsockListener listener = new VsockListener(this, port);
        lock.lock();
        try {
            if (listeners.putIfAbsent(port, listener) != null) {
                throw new ConfigException("vsock.port", Integer.toUnsignedString(port) + " is listened to already");
            }
            return listener;
        } finally {
            lock.unlock();
        }
    }

    void remove(VsockListener listener) {
        lock.lock();
        try {
            listeners.remove(listener.port(), listener);
        } finally {
            lock.unlock();
        }
    }

    /** Has the device look at a stream, soon. */
    void ring(ChannelStream stream) {
        lock.lock();
        try {
            if (!stream.isRung()) {
                stream.setRung(true);
                rung.add(stream);
                ring();
            }
        } finally {
            lock.unlock();
        }
    }

    /** With the lock held. */
    private void ring() {
        if (attachment != null) {
            attachment.bell().signal();
        }
    }

    // ---- the device's side, on its loop ---------------------------------------------------------------------------

    /**
     * Takes the ports for a device that is being made.
     *
     * @throws ConfigException if another has them
     */
    VsockPorts take() {
        lock.lock();
        try {
            if (taken) {
                throw new ConfigException("vsock.ports", "another machine has them: make some for each");
            }
            taken = true;
            return this;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void attach(VsockGuest guest) {
        Notifier bell = Notifier.create();
        lock.lock();
        try {
            Registration registration = guest.loop().onSignal(bell, this::look);
            attachment = new Attachment(guest, bell, registration, guest.exclusive(this::connectAll));
            // For what came before.
            bell.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void detach() {
        lock.lock();
        try {
            if (attachment != null) {
                attachment.registration().close();
                attachment.bell().close();
                attachment = null;
            }
        } finally {
            lock.unlock();
        }
    }

    /** The bell was rung. What is called here is exclusive, each on its own. */
    private void look() {
        Runnable connecting;
        int streams;
        lock.lock();
        try {
            connecting = attachment == null || requests.isEmpty() ? null : attachment.connecting();
            streams = rung.size();
        } finally {
            lock.unlock();
        }
        if (connecting != null) {
            connecting.run();
        }
        for (int i = 0; i < streams; i++) {
            lookAtNext();
        }
    }

    private void lookAtNext() {
        ChannelStream stream;
        lock.lock();
        try {
            stream = rung.poll();
            if (stream != null) {
                stream.setRung(false);
            }
        } finally {
            lock.unlock();
        }
        if (stream != null) {
            stream.runHandler();
        }
    }

    private void connectAll() {
        VsockGuest guest;
        List<ChannelStream> waiting;
        lock.lock();
        try {
            if (attachment == null) {
                return;
            }
            guest = attachment.guest();
            waiting = List.copyOf(requests);
            requests.clear();
        } finally {
            lock.unlock();
        }
        waiting.forEach(stream -> guest.connect(stream, stream.guestPort()));
    }

    @Override
    public Optional<VsockStream> dial(int hostPort, int guestPort) {
        VsockListener listener;
        lock.lock();
        try {
            listener = listeners.get(hostPort);
        } finally {
            lock.unlock();
        }
        return listener == null || !listener.hasRoom()
                ? Optional.empty()
                : Optional.of(new ChannelStream(this, listener, guestPort));
    }

    /** The machine is closed: nobody is waited for any more, and no port listened to. Then another can have these. */
    @Override
    public void close() {
        List<VsockListener> ended;
        List<ChannelStream> refused;
        lock.lock();
        try {
            taken = false;
            ended = List.copyOf(listeners.values());
            refused = List.copyOf(requests);
            requests.clear();
            rung.forEach(stream -> stream.setRung(false));
            rung.clear();
        } finally {
            lock.unlock();
        }
        ended.forEach(VsockListener::close);
        refused.forEach(ChannelStream::close);
    }
}
