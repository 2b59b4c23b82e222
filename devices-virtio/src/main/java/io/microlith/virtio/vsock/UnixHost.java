// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.linux.Errno;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.linux.UnixSocket;
import io.microlith.virtio.OccurrenceLog;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.event.Readiness;
import io.microlith.vmm.event.Timer;
import io.microlith.vmm.event.Watch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Unix sockets as the host's side of a socket device, in the way of Firecracker: programs on the host connect to one
 * socket and name a port of the guest; for each port of the host that the guest connects to there may be another.
 */
public final class UnixHost implements VsockHost {
    private static final int BACKLOG = 128;

    /** How many may be about to say where they want to. Others wait in the backlog. */
    private static final int MOST_CALLERS = 128;

    /** How many are accepted before others on the loop have their turn. */
    private static final int ACCEPTS_AT_ONCE = 16;

    /** How long to wait when the process has no descriptors left. */
    private static final long RETRY_NANOS = 100_000_000;

    /** The file type in a mode, and that of sockets (inode(7)). */
    private static final int S_IFMT = 0xf000;

    private static final int S_IFSOCK = 0xc000;

    private final Path path;
    private final UnixSocket listener;
    private final OccurrenceLog failures;
    private final Set<Caller> callers = new HashSet<>();
    private @Nullable VsockGuest guest;
    private @Nullable Watch watch;
    private @Nullable Timer retry;

    /** Whether there were no descriptors left. */
    private boolean paused;

    private UnixHost(Path path, UnixSocket listener) {
        this.path = path;
        this.listener = listener;
        failures = new OccurrenceLog(UnixHost.class, path.toString(), "cannot accept a connection");
    }

    /**
     * Listens. A socket that is there and to which nobody listens, such as one that was left behind, is replaced.
     *
     * @throws ConfigException if it cannot, or somebody else does
     */
    public static UnixHost at(Path path) {
        try {
            removeStale(path);
            return new UnixHost(path, UnixSocket.listen(path, BACKLOG));
        } catch (SystemCallException | IOException | IllegalArgumentException e) {
            throw new ConfigException("vsock.path", "cannot listen at " + path + ": " + e.getMessage(), e);
        }
    }

    private static void removeStale(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & S_IFMT) == S_IFSOCK && !isListenedTo(path)) {
            Files.delete(path);
        }
    }

    private static boolean isListenedTo(Path path) {
        try (UnixSocket _ = UnixSocket.connect(path)) {
            return true;
        } catch (SystemCallException e) {
            return e.errno() != Errno.ECONNREFUSED;
        }
    }

    @Override
    public void attach(VsockGuest to) {
        guest = to;
        watch = to.loop().watch(listener, Readiness.READABLE, to.exclusive(this::accept));
    }

    @Override
    public void detach() {
        List.copyOf(callers).forEach(Caller::close);
        if (watch != null) {
            watch.close();
            watch = null;
        }
        if (retry != null) {
            retry.close();
            retry = null;
        }
        paused = false;
        guest = null;
    }

    @Override
    public Optional<VsockStream> dial(int hostPort, int guestPort) {
        return Optional.of(UnixStream.to(Path.of(path + "_" + Integer.toUnsignedString(hostPort))));
    }

    private void accept() {
        for (int i = 0; i < ACCEPTS_AT_ONCE && callers.size() < MOST_CALLERS && !paused; i++) {
            Optional<UnixSocket> socket = acceptOne();
            if (socket.isEmpty()) {
                break;
            }
            callers.add(new Caller(guest(), socket.get()));
        }
        listen();
    }

    private Optional<UnixSocket> acceptOne() {
        try {
            return listener.accept();
        } catch (SystemCallException e) {
            // The caller stays where it is; the loop must not spin until there is a descriptor for it.
            failures.add(e.getMessage());
            paused = true;
            retryTimer().arm(RETRY_NANOS, 0);
            return Optional.empty();
        }
    }

    private Timer retryTimer() {
        Timer made = retry;
        if (made == null) {
            made = new Timer(guest().loop(), guest().exclusive(this::goOn));
            retry = made;
        }
        return made;
    }

    private void goOn() {
        paused = false;
        listen();
    }

    /** Waits for more callers, if there is room for them. */
    private void listen() {
        if (watch != null) {
            watch.await(paused || callers.size() == MOST_CALLERS ? Readiness.NONE : Readiness.READABLE);
        }
    }

    private VsockGuest guest() {
        return Objects.requireNonNull(guest, "only an attached host is called");
    }

    /** Ends the listening; the socket's file goes, too. */
    @Override
    public void close() {
        listener.close();
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            failures.add(e.getMessage());
        }
    }

    /** Somebody who connected and has yet to say where to. */
    private final class Caller {
        private final VsockGuest guest;
        private final UnixSocket socket;
        private final Watch watch;
        private final Greeting greeting = new Greeting();
        private final byte[] next = new byte[1];

        Caller(VsockGuest guest, UnixSocket socket) {
            this.guest = guest;
            this.socket = socket;
            watch = guest.loop().watch(socket, Readiness.READABLE, guest.exclusive(this::listen));
        }

        private void listen() {
            boolean needsMore = true;
            while (needsMore) {
                int read = PosixIo.read(socket, next, 0, 1);
                if (read == -Errno.EAGAIN || read == -Errno.EINTR) {
                    return;
                }
                if (read <= 0) {
                    close();
                    return;
                }
                needsMore = greeting.add(next[0]);
            }
            connect(greeting.port());
        }

        private void connect(OptionalInt port) {
            if (port.isEmpty()) {
                close();
                return;
            }
            leave();
            guest.connect(UnixStream.of(socket), port.getAsInt());
        }

        private void leave() {
            watch.close();
            callers.remove(this);
            UnixHost.this.listen();
        }

        void close() {
            leave();
            socket.close();
        }
    }
}
