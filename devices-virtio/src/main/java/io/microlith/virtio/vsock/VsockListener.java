// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.AsynchronousCloseException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A port of the host's to which programs in the guest connect. Any thread. */
public final class VsockListener implements AutoCloseable {
    /** The most connections that wait to be accepted; the guest is refused more. */
    static final int BACKLOG = 128;

    private final VsockPorts ports;
    private final int port;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<VsockChannel> waiting = new ArrayDeque<>();
    private boolean closed;

    VsockListener(VsockPorts ports, int port) {
        this.ports = ports;
        this.port = port;
    }

    /** The port. */
    public int port() {
        return port;
    }

    /**
     * Waits for a program in the guest to connect.
     *
     * @throws AsynchronousCloseException once this is closed, or the machine is
     * @throws InterruptedIOException if the thread is interrupted
     */
    public VsockChannel accept() throws IOException {
        lock.lock();
        try {
            while (waiting.isEmpty()) {
                if (closed) {
                    throw new AsynchronousCloseException();
                }
                changed.await();
            }
            return waiting.remove();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the guest");
        } finally {
            lock.unlock();
        }
    }

    /** Whether a connection more may wait. */
    boolean hasRoom() {
        lock.lock();
        try {
            return !closed && waiting.size() < BACKLOG;
        } finally {
            lock.unlock();
        }
    }

    /** A program in the guest connected. Returns whether somebody will accept it. */
    boolean add(VsockChannel channel) {
        lock.lock();
        try {
            if (!closed) {
                waiting.add(channel);
                changed.signal();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Gives the port back, and ends the connections that were not accepted. */
    @Override
    public void close() {
        ports.remove(this);
        Deque<VsockChannel> unwanted;
        lock.lock();
        try {
            closed = true;
            unwanted = new ArrayDeque<>(waiting);
            waiting.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        unwanted.forEach(VsockChannel::close);
    }
}
