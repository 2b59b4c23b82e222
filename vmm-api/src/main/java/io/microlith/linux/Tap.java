// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A queue of a tap interface, the host's end of an Ethernet cable; see the kernel's tuntap.rst. Each read takes a frame
 * and each write gives one, with a {@code struct virtio_net_hdr} before it. Non-blocking.
 *
 * <p>Any thread, and each call as {@link Fd} makes it.
 */
public final class Tap implements Pollable, AutoCloseable {
    /** TUN_F_CSUM: who reads takes frames whose checksum is still to be made. */
    public static final int OFFLOAD_CHECKSUM = 1;
    /** TUN_F_TSO4: who reads takes TCP segments over IPv4 that are longer than a frame can be. */
    public static final int OFFLOAD_TSO4 = 2;
    /** TUN_F_TSO6: the same over IPv6. */
    public static final int OFFLOAD_TSO6 = 4;
    /** TUN_F_TSO_ECN: also such with explicit congestion notification. */
    public static final int OFFLOAD_TSO_ECN = 8;

    static final long TUNSETIFF = 0x4004_54caL;
    static final long TUNSETOFFLOAD = 0x4004_54d0L;
    static final long TUNGETIFF = 0x8004_54d2L;
    static final long TUNSETVNETHDRSZ = 0x4004_54d8L;
    static final long TUNSETQUEUE = 0x4004_54d9L;

    private static final int IFF_TAP = 2;
    private static final int IFF_MULTI_QUEUE = 0x100;
    private static final int IFF_ATTACH_QUEUE = 0x200;
    private static final int IFF_DETACH_QUEUE = 0x400;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;
    private static final int FORM = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;

    private static final int F_SETFL = 4;
    private static final Path DEVICE = Path.of("/dev/net/tun");
    private static final MemorySegment FCNTL = Libc.function("fcntl");

    /** struct ifreq: the interface's name, then, for these calls, flags of 16 bits. */
    private static final long REQUEST_SIZE = 40;

    private static final int NAME_SIZE = 16;

    private final Fd fd;
    private final String name;

    /** How many queues an interface can have. */
    public enum Queues {
        /** One. */
        ONE,
        /** Several, each opened on its own. */
        SEVERAL
    }

    private Tap(Fd fd, String name) {
        this.fd = fd;
        this.name = name;
    }

    /**
     * Opens a queue of an interface, which is made if it is not there, for as long as somebody has it open.
     *
     * @param name of the interface, up to 15 bytes; with {@code %d} in it the kernel chooses a number
     * @throws SystemCallException if the kernel refuses: with EPERM to who may not administer networks and does not own
     *     the interface, with EINVAL to open one of several queues as one of one
     */
    public static Tap open(String name, Queues queues) {
        Fd fd = Fd.open(DEVICE, Fd.O_RDWR | Fd.O_NONBLOCK);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = request(arena, FORM | (queues == Queues.SEVERAL ? IFF_MULTI_QUEUE : 0));
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            if (bytes.length >= NAME_SIZE) {
                throw new SystemCallException("TUNSETIFF", Errno.EINVAL, "name=" + name + " has more than 15 bytes");
            }
            MemorySegment.copy(bytes, 0, request, JAVA_BYTE, 0, bytes.length);
            SystemCallException.check(fd.ioctl(TUNSETIFF, request), "TUNSETIFF", "name=" + name);
            return new Tap(fd, nameIn(request));
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /**
     * Takes a queue that somebody else opened. It becomes non-blocking.
     *
     * @throws SystemCallException if it is none, or has no {@code virtio_net_hdr}; it is closed then
     */
    public static Tap of(Fd fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = request(arena, 0);
            SystemCallException.check(fd.ioctl(TUNGETIFF, request), "TUNGETIFF", fd.toString());
            int form = request.get(JAVA_SHORT, NAME_SIZE);
            if ((form & FORM) != FORM) {
                throw new SystemCallException(
                        "TUNGETIFF", Errno.EINVAL, "flags=0x" + Integer.toHexString(form & 0xffff) + " of " + fd);
            }
            int result = fd.call(FCNTL, F_SETFL, Fd.O_RDWR | Fd.O_NONBLOCK);
            SystemCallException.check(result, "fcntl", "cmd=F_SETFL");
            return new Tap(fd, nameIn(request));
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    private static MemorySegment request(Arena arena, int flags) {
        MemorySegment request = arena.allocate(REQUEST_SIZE, Integer.BYTES);
        request.set(JAVA_SHORT, NAME_SIZE, (short) flags);
        return request;
    }

    private static String nameIn(MemorySegment request) {
        int length = 0;
        while (length < NAME_SIZE && request.get(JAVA_BYTE, length) != 0) {
            length++;
        }
        byte[] bytes = new byte[length];
        MemorySegment.copy(request, JAVA_BYTE, 0, bytes, 0, length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The interface's name. */
    public String name() {
        return name;
    }

    /** Sets how long the header before each frame is: 10 or 12 bytes. Returns 0 or a negative error number. */
    public int setHeaderSize(int bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(Integer.BYTES, Integer.BYTES);
            size.set(JAVA_INT, 0, bytes);
            return fd.ioctl(TUNSETVNETHDRSZ, size);
        }
    }

    /** Says what frames are taken unfinished, {@code OFFLOAD_*}. Returns 0 or a negative error number. */
    public int setOffloads(int offloads) {
        return fd.ioctl(TUNSETOFFLOAD, offloads);
    }

    /** Takes part in what the interface receives. For one of several queues. Returns 0 or a negative error number. */
    public int attach() {
        return setQueue(IFF_ATTACH_QUEUE);
    }

    /** Takes no part until it is attached again. Returns 0 or a negative error number. */
    public int detach() {
        return setQueue(IFF_DETACH_QUEUE);
    }

    private int setQueue(int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return fd.ioctl(TUNSETQUEUE, request(arena, flags));
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

    /** {@code tap0}. */
    @Override
    public String toString() {
        return name;
    }
}
