// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.linux.Errno;
import io.microlith.vmm.event.Readiness;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is between a {@link VsockChannel}, whose threads wait, and the device, whose loop does not: bytes in both
 * directions, under one lock that neither holds for longer than a copy of them takes.
 */
final class ChannelStream implements VsockStream {
    private static final int CAPACITY = 64 << 10;

    private enum State {
        CONNECTING,
        OPEN,
        /** The device is done with it. */
        GONE
    }

    private final VsockPorts ports;

    /** Who gets the channel once it is open; null if it waits for that itself. */
    private final @Nullable VsockListener listener;

    private final int guestPort;
    private final ReentrantLock lock = new ReentrantLock();

    /** Bytes to read, or the end of them; or the connection is open or refused. */
    private final Condition readable = lock.newCondition();

    /** Room to write, or no use in it. */
    private final Condition writable = lock.newCondition();

    private final ByteRing toGuest = new ByteRing(CAPACITY);
    private final ByteRing fromGuest = new ByteRing(CAPACITY);
    private State state = State.CONNECTING;
    private int hostPort;
    private boolean outputEnded;
    private boolean closed;
    private boolean guestSendsNoMore;
    private boolean guestReceivesNoMore;
    private Readiness awaited = Readiness.NONE;
    private Runnable onReady = () -> {};

    /** The ports' own, under their lock. */
    private boolean rung;

    /** A stream to a port of the guest's. */
    ChannelStream(VsockPorts ports, int guestPort) {
        this.ports = ports;
        this.guestPort = guestPort;
        listener = null;
    }

    /** A stream to a port of the host's. */
    ChannelStream(VsockPorts ports, VsockListener listener, int guestPort) {
        this.ports = ports;
        this.listener = listener;
        this.guestPort = guestPort;
    }

    /** Whether the device is to look at this. With the lock of the ports held. */
    boolean isRung() {
        return rung;
    }

    void setRung(boolean is) {
        rung = is;
    }

    int hostPort() {
        lock.lock();
        try {
            return hostPort;
        } finally {
            lock.unlock();
        }
    }

    int guestPort() {
        return guestPort;
    }

    // ---- the device's side, on its loop ---------------------------------------------------------------------------

    @Override
    public void open(int port, VsockGuest guest, Runnable handler) {
        lock.lock();
        try {
            state = State.OPEN;
            hostPort = port;
            onReady = handler;
            readable.signalAll();
        } finally {
            lock.unlock();
        }
        if (listener != null && !listener.add(new VsockChannel(this))) {
            closeChannel();
        }
    }

    /** Has the device look, because it was asked to. On the loop. */
    void runHandler() {
        Runnable handler;
        lock.lock();
        try {
            handler = onReady;
        } finally {
            lock.unlock();
        }
        handler.run();
    }

    @Override
    public void await(Readiness what) {
        lock.lock();
        try {
            awaited = what;
            ringIfReady();
        } finally {
            lock.unlock();
        }
    }

    private void ringIfReady() {
        boolean reads = awaited == Readiness.READABLE || awaited == Readiness.BOTH;
        boolean writes = awaited == Readiness.WRITABLE || awaited == Readiness.BOTH;
        if ((reads && (toGuest.size() > 0 || outputEnded)) || (writes && (!fromGuest.isFull() || closed))) {
            ports.ring(this);
        }
    }

    @Override
    public long read(VsockSink into) {
        lock.lock();
        try {
            if (toGuest.size() == 0) {
                return outputEnded ? 0 : -Errno.EAGAIN;
            }
            writable.signalAll();
            return toGuest.get(into);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long write(VsockSource from) {
        lock.lock();
        try {
            if (closed) {
                return -Errno.EPIPE;
            }
            if (fromGuest.isFull()) {
                return -Errno.EAGAIN;
            }
            readable.signalAll();
            return fromGuest.put(from);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void shutdownInput() {
        lock.lock();
        try {
            guestReceivesNoMore = true;
            writable.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void shutdownOutput() {
        lock.lock();
        try {
            guestSendsNoMore = true;
            readable.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isHungUp() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            state = State.GONE;
            guestSendsNoMore = true;
            guestReceivesNoMore = true;
            awaited = Readiness.NONE;
            readable.signalAll();
            writable.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // ---- the channel's side, on any thread ------------------------------------------------------------------------

    /** Waits until the guest accepts. */
    void awaitOpen(Duration patience) throws IOException {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (state == State.CONNECTING) {
                if (left <= 0) {
                    throw new SocketTimeoutException(
                            "port " + Integer.toUnsignedString(guestPort) + " of the guest did not answer in time");
                }
                left = readable.awaitNanos(left);
            }
            if (hostPort == 0) {
                throw new ConnectException(
                        "port " + Integer.toUnsignedString(guestPort) + " of the guest cannot be connected to");
            }
        } catch (InterruptedException _) {
            throw interrupted();
        } finally {
            lock.unlock();
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while waiting for the guest");
    }

    int read(ByteBuffer into) throws IOException {
        lock.lock();
        try {
            requireNotClosed();
            if (!into.hasRemaining()) {
                return 0;
            }
            while (fromGuest.size() == 0) {
                if (guestSendsNoMore) {
                    return -1;
                }
                readable.await();
                requireNotClosedMeanwhile();
            }
            int read = fromGuest.get(into);
            ringIfReady();
            return read;
        } catch (InterruptedException _) {
            throw interrupted();
        } finally {
            lock.unlock();
        }
    }

    int write(ByteBuffer from) throws IOException {
        lock.lock();
        try {
            requireNotClosed();
            int written = 0;
            while (from.hasRemaining()) {
                if (outputEnded || guestReceivesNoMore) {
                    throw new IOException("the guest receives no more, or was told that there is no more");
                }
                int part = toGuest.put(from);
                written += part;
                if (part > 0) {
                    ringIfReady();
                } else {
                    writable.await();
                    requireNotClosedMeanwhile();
                }
            }
            return written;
        } catch (InterruptedException _) {
            throw interrupted();
        } finally {
            lock.unlock();
        }
    }

    private void requireNotClosed() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    private void requireNotClosedMeanwhile() throws AsynchronousCloseException {
        if (closed) {
            throw new AsynchronousCloseException();
        }
    }

    void endOutput() {
        lock.lock();
        try {
            outputEnded = true;
            writable.signalAll();
            ringIfReady();
        } finally {
            lock.unlock();
        }
    }

    void closeChannel() {
        lock.lock();
        try {
            closed = true;
            outputEnded = true;
            readable.signalAll();
            writable.signalAll();
            ringIfReady();
        } finally {
            lock.unlock();
        }
    }

    boolean isOpen() {
        lock.lock();
        try {
            return !closed;
        } finally {
            lock.unlock();
        }
    }
}
