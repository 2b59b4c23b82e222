// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.linux.Errno;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.linux.UnixSocket;
import io.microlith.vmm.event.Readiness;
import io.microlith.vmm.event.Watch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A stream that is a Unix socket's. */
final class UnixStream implements VsockStream {
    /** Where to connect to, for the guest; null if the host connected. */
    private final @Nullable Path path;

    private @Nullable UnixSocket socket;
    private @Nullable Watch watch;

    private UnixStream(@Nullable Path path, @Nullable UnixSocket socket) {
        this.path = path;
        this.socket = socket;
    }

    /** A stream to a socket that may or may not be there. */
    static UnixStream to(Path path) {
        return new UnixStream(path, null);
    }

    /** A stream of somebody who connected, and is told when the guest has accepted. */
    static UnixStream of(UnixSocket accepted) {
        return new UnixStream(null, accepted);
    }

    @Override
    public int connect() {
        Path there = path;
        if (there == null) {
            return 0;
        }
        try {
            socket = UnixSocket.connect(there);
            return 0;
        } catch (SystemCallException e) {
            // Too many may wait to be accepted; whatever else it is, nobody listens.
            return -e.errno();
        } catch (IllegalArgumentException _) {
            return -Errno.ECONNREFUSED;
        }
    }

    @Override
    public void open(int hostPort, VsockGuest guest, Runnable onReady) {
        UnixSocket mine = socket();
        if (path == null) {
            byte[] answer = ("OK " + Integer.toUnsignedString(hostPort) + "\n").getBytes(StandardCharsets.US_ASCII);
            // The first bytes on a socket have room; if it is gone, the next call says so.
            var _ = PosixIo.write(mine, answer, 0, answer.length);
        }
        watch = guest.loop().watch(mine, Readiness.NONE, onReady);
    }

    private UnixSocket socket() {
        UnixSocket mine = socket;
        if (mine == null) {
            throw new IllegalStateException("not connected");
        }
        return mine;
    }

    @Override
    public void await(Readiness what) {
        Watch mine = watch;
        if (mine != null) {
            mine.await(what);
        }
    }

    @Override
    public long read(VsockSink into) {
        return PosixIo.readv(socket(), into.vector());
    }

    @Override
    public long write(VsockSource from) {
        return PosixIo.writev(socket(), from.vector());
    }

    @Override
    public void shutdownInput() {
        socket().shutdownInput();
    }

    @Override
    public void shutdownOutput() {
        socket().shutdownOutput();
    }

    @Override
    public boolean isHungUp() {
        return socket().isHungUp();
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
        if (socket != null) {
            socket.close();
        }
    }
}
