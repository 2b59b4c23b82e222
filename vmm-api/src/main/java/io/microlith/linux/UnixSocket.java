// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A stream socket of this host, which waits for nothing: what cannot be done now fails with {@code EAGAIN}; see
 * unix(7). Data goes through {@link PosixIo}. Any thread.
 *
 * <p>For event loops, and data that goes between a socket and guest memory. Who can wait takes
 * {@link java.nio.channels.SocketChannel}.
 */
public final class UnixSocket implements Pollable, AutoCloseable {
    /** The most bytes of a path: {@code sun_path} of struct sockaddr_un (uapi/linux/un.h) without its NUL. */
    public static final int MAX_PATH = 107;

    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SHUT_RD = 0;
    private static final int SHUT_WR = 1;
    private static final short POLLERR = 8;
    private static final short POLLHUP = 16;
    private static final long PATH_OFFSET = 2;
    private static final long REVENTS = 6;

    private static final MemorySegment SOCKET = Libc.function("socket");
    private static final MemorySegment SOCKETPAIR = Libc.function("socketpair");
    private static final MemorySegment BIND = Libc.function("bind");
    private static final MemorySegment LISTEN = Libc.function("listen");
    private static final MemorySegment ACCEPT = Libc.function("accept4");
    private static final MemorySegment CONNECT = Libc.function("connect");
    private static final MemorySegment SHUTDOWN = Libc.function("shutdown");
    private static final MemorySegment POLL = Libc.function("poll");

    private final Fd fd;

    private UnixSocket(Fd fd) {
        this.fd = fd;
    }

    /**
     * Makes a socket to which others connect. The path is made, and stays when the socket is closed.
     *
     * @param backlog the most that may wait to be accepted; who comes then fails with {@code EAGAIN}, or waits
     * @throws SystemCallException if the kernel refuses: {@code EADDRINUSE} if there is a file of that name
     * @throws IllegalArgumentException if the path has more than {@link #MAX_PATH} bytes, or none
     */
    public static UnixSocket listen(Path path, int backlog) {
        UnixSocket socket = create();
        try {
            socket.withAddress(path, BIND, "bind");
            SystemCallException.check(socket.fd.call(LISTEN, backlog, 0), "listen", "path=" + path);
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Connects to a socket that listens. Never waits.
     *
     * @throws SystemCallException if the kernel refuses: {@code ENOENT} if there is no such file, {@code ECONNREFUSED}
     *     if nobody listens, {@code EAGAIN} if too many wait there already
     * @throws IllegalArgumentException as for {@link #listen}
     */
    public static UnixSocket connect(Path path) {
        UnixSocket socket = create();
        try {
            socket.withAddress(path, CONNECT, "connect");
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Makes two sockets that are connected to each other. */
    public static List<UnixSocket> pair() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocate(2 * Integer.BYTES, Integer.BYTES);
            int result = Libc.call(SOCKETPAIR, AF_UNIX, type(), 0, numbers.address(), 0, 0);
            SystemCallException.check(result, "socketpair", "");
            return List.of(
                    new UnixSocket(Fd.own(numbers.getAtIndex(JAVA_INT, 0))),
                    new UnixSocket(Fd.own(numbers.getAtIndex(JAVA_INT, 1))));
        }
    }

    private static UnixSocket create() {
        int result = Libc.call(SOCKET, AF_UNIX, type(), 0);
        return new UnixSocket(Fd.own((int) SystemCallException.check(result, "socket", "")));
    }

    private static int type() {
        return SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    }

    private void withAddress(Path path, MemorySegment function, String name) {
        byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > MAX_PATH) {
            throw new IllegalArgumentException(
                    "the path of a socket has 1 to " + MAX_PATH + " bytes, not " + bytes.length + ": " + path);
        }
        try (Arena arena = Arena.ofConfined()) {
            long size = PATH_OFFSET + bytes.length + 1;
            MemorySegment address = arena.allocate(size, Short.BYTES);
            address.set(JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(bytes, 0, address, JAVA_BYTE, PATH_OFFSET, bytes.length);
            SystemCallException.check(fd.call(function, address.address(), size), name, "path=" + path);
        }
    }

    /**
     * Takes the next that connected.
     *
     * @return empty if nobody did
     * @throws SystemCallException if the kernel refuses: {@code EMFILE} if this process has too many descriptors
     */
    public Optional<UnixSocket> accept() {
        int result = fd.call(ACCEPT, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (result == -Errno.EAGAIN || result == -Errno.ECONNABORTED || result == -Errno.EINTR) {
            return Optional.empty();
        }
        return Optional.of(new UnixSocket(Fd.own((int) SystemCallException.check(result, "accept4", ""))));
    }

    /** Says that nothing more will be written; the other end then reads the stream's end. */
    public void shutdownOutput() {
        // A connection that is gone needs no such word.
        var _ = fd.call(SHUTDOWN, SHUT_WR, 0);
    }

    /** Says that nothing more will be read; the other end's writes then fail with {@code EPIPE}. */
    public void shutdownInput() {
        var _ = fd.call(SHUTDOWN, SHUT_RD, 0);
    }

    /** Whether the other end is gone, and not only says that it will write no more. What it wrote may still be read. */
    public boolean isHungUp() {
        try (Arena arena = Arena.ofConfined()) {
            // struct pollfd: the descriptor, what is waited for beside errors and hang-ups, and what there is.
            MemorySegment poll = arena.allocate(Integer.BYTES + 2 * Short.BYTES, Integer.BYTES);
            poll.set(JAVA_INT, 0, fd.fd());
            int result = Libc.call(POLL, poll.address(), 1, 0);
            return result > 0 && (poll.get(JAVA_SHORT, REVENTS) & (POLLHUP | POLLERR)) != 0;
        }
    }

    @Override
    public int fd() {
        return fd.fd();
    }

    @Override
    public void close() {
        fd.close();
    }
}
