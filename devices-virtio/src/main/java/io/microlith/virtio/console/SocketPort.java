// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.linux.Errno;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.linux.UnixSocket;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.event.Readiness;
import io.microlith.vmm.event.Watch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port that programs of the host reach by connecting to a Unix socket, one after the other: the port is open while
 * one is connected, and the next one waits until it is gone. A connection ends when the program closes its side. Data
 * go straight between the socket and guest memory.
 */
public final class SocketPort implements PortBackend {
    private static final Logger LOG = LoggerFactory.getLogger(SocketPort.class);
    private static final int BACKLOG = 16;

    private final Path path;
    private final UnixSocket listener;

    // With this object's lock: the loop's handlers, and whoever closes.
    private @Nullable PortLink link;
    private @Nullable EventLoop loop;
    private @Nullable Watch listening;
    private @Nullable UnixSocket client;
    private @Nullable Watch watch;
    private boolean wantsInput;
    private boolean wantsRoom;

    private SocketPort(Path path, UnixSocket listener) {
        this.path = path;
        this.listener = listener;
    }

    /**
     * Listens on a path, which is taken away again when the port is closed. A socket that is there already, but that
     * nobody listens on any more, is replaced.
     *
     * @throws ConfigException if that cannot be
     */
    public static SocketPort listen(Path path) {
        try {
            if (isAbandoned(path)) {
                Files.delete(path);
            }
            return new SocketPort(path, UnixSocket.listen(path, BACKLOG));
        } catch (SystemCallException | IOException | IllegalArgumentException e) {
            throw new ConfigException("console.socket", path + " cannot be listened on: " + e.getMessage(), e);
        }
    }

    private static boolean isAbandoned(Path path) {
        if (!Files.exists(path)) {
            return false;
        }
        try {
            UnixSocket.connect(path).close();
            return false;
        } catch (SystemCallException e) {
            // Also for a file that is no socket: which stays.
            return e.errno() == Errno.ECONNREFUSED && !Files.isRegularFile(path);
        }
    }

    @Override
    public synchronized void start(PortLink toTell, EventLoop runs) {
        link = toTell;
        loop = runs;
        listening = runs.watch(listener, Readiness.READABLE, this::accept);
    }

    private synchronized void accept() {
        Watch waiting = listening;
        if (waiting == null || client != null) {
            return;
        }
        try {
            Optional<UnixSocket> next = listener.accept();
            if (next.isPresent()) {
                waiting.await(Readiness.NONE);
                serve(next.get());
            }
        } catch (SystemCallException e) {
            // Out of descriptors, say. To try again at once, for ever, would help nobody.
            waiting.await(Readiness.NONE);
            LOG.error("socket={} takes no more connections: {}", path, e.getMessage());
            toTell().failed(e);
        }
    }

    private void serve(UnixSocket next) {
        client = next;
        wantsInput = true;
        wantsRoom = false;
        watch = Objects.requireNonNull(loop, "started").watch(next, Readiness.READABLE, this::ready);
        toTell().hostOpened();
    }

    private PortLink toTell() {
        return Objects.requireNonNull(link, "started");
    }

    private synchronized void ready() {
        boolean input = wantsInput;
        boolean room = wantsRoom;
        wantsInput = false;
        wantsRoom = false;
        await();
        if (input) {
            toTell().inputReady();
        }
        if (room) {
            toTell().outputReady();
        }
    }

    private void await() {
        if (watch != null) {
            watch.await(
                    wantsInput
                            ? wantsRoom ? Readiness.BOTH : Readiness.READABLE
                            : wantsRoom ? Readiness.WRITABLE : Readiness.NONE);
        }
    }

    @Override
    public synchronized long read(PortBuffer into) {
        UnixSocket from = client;
        if (from == null) {
            return 0;
        }
        long count = PosixIo.readv(from, into.vector());
        if (count > 0) {
            return count;
        }
        if (count == -Errno.EAGAIN || count == -Errno.EINTR) {
            wantsInput = true;
            await();
        } else {
            disconnect();
        }
        return 0;
    }

    @Override
    public synchronized long write(PortBuffer from) {
        UnixSocket to = client;
        if (to == null) {
            return 0;
        }
        long count = PosixIo.writev(to, from.vector());
        if (count >= 0 && count < from.size() || count == -Errno.EAGAIN || count == -Errno.EINTR) {
            wantsRoom = true;
            await();
        } else if (count < 0) {
            disconnect();
        }
        return Math.max(0, count);
    }

    private void disconnect() {
        hangUp();
        toTell().hostClosed();
        if (listening != null) {
            listening.await(Readiness.READABLE);
        }
    }

    private void hangUp() {
        if (watch != null) {
            watch.close();
            watch = null;
        }
        if (client != null) {
            client.close();
            client = null;
        }
    }

    @Override
    public synchronized void close() {
        if (listening != null) {
            listening.close();
            listening = null;
        }
        hangUp();
        listener.close();
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("socket={} is left behind: {}", path, e.toString());
        }
    }
}
