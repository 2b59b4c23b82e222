// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.linux.Errno;
import io.microlith.vmm.event.Readiness;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** A stream whose other end is the test. */
final class FakeStream implements VsockStream {
    final StringBuilder received = new StringBuilder();
    final Deque<Integer> connectResults = new ArrayDeque<>();
    int connectResult;
    final StringBuilder toSend = new StringBuilder();
    int room = Integer.MAX_VALUE;
    int writeError = -Errno.EAGAIN;
    boolean ended;
    boolean hungUp;
    boolean inputShut;
    boolean outputShut;
    boolean closed;
    int reads;
    int port;
    Readiness awaited = Readiness.NONE;
    Runnable onReady = () -> {};

    @Override
    public int connect() {
        Integer result = connectResults.poll();
        return result == null ? connectResult : result;
    }

    @Override
    public void open(int hostPort, VsockGuest guest, Runnable handler) {
        port = hostPort;
        onReady = handler;
    }

    @Override
    public void await(Readiness what) {
        awaited = what;
    }

    /** The other end sends. */
    void send(String text) {
        toSend.append(text);
        if (awaited == Readiness.READABLE || awaited == Readiness.BOTH) {
            onReady.run();
        }
    }

    /** The other end sends no more, or is gone. */
    void end(boolean gone) {
        ended = true;
        hungUp = gone;
        send("");
    }

    /** The other end takes so many bytes more. */
    void take(int bytes) {
        room = bytes;
        if (awaited == Readiness.WRITABLE || awaited == Readiness.BOTH) {
            onReady.run();
        }
    }

    @Override
    public long read(VsockSink into) {
        reads++;
        if (toSend.isEmpty()) {
            return ended ? 0 : -Errno.EAGAIN;
        }
        int length = (int) Math.min(into.size(), toSend.length());
        byte[] bytes = toSend.substring(0, length).getBytes(StandardCharsets.ISO_8859_1);
        into.put(0, bytes, 0, length);
        toSend.delete(0, length);
        return length;
    }

    @Override
    public long write(VsockSource from) {
        if (hungUp) {
            return -Errno.EPIPE;
        }
        int length = (int) Math.min(room, from.size());
        if (length == 0) {
            return writeError;
        }
        byte[] bytes = new byte[length];
        from.get(0, bytes, 0, length);
        received.append(new String(bytes, StandardCharsets.ISO_8859_1));
        room -= length;
        return length;
    }

    @Override
    public void shutdownInput() {
        inputShut = true;
    }

    @Override
    public void shutdownOutput() {
        outputShut = true;
    }

    @Override
    public boolean isHungUp() {
        return hungUp;
    }

    @Override
    public void close() {
        closed = true;
    }
}
