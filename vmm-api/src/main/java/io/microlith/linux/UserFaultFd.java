// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Page faults served in user space: who touches a page that is missing from registered memory waits until somebody puts
 * one there; see userfaultfd(2) and uapi/linux/userfaultfd.h. Faults of the kernel, in system calls and on behalf of a
 * vCPU, are served like any other. Non-blocking.
 *
 * <p>Java code must not touch registered memory that may be missing: a thread that waits in the middle of Java code is
 * at no safepoint, and if who serves it has to reach one first, for the garbage collector's sake, both wait for ever. A
 * thread that is in a system call waits without such harm.
 *
 * <p>Registering, unregistering and closing are for any thread; {@link #read} and its results are for one. Pages are
 * put there by a {@link Filler}, of which each thread has its own.
 */
public final class UserFaultFd implements Pollable, AutoCloseable {
    /** {@code _IO(0xAA, 0x00)} of /dev/userfaultfd. */
    static final long USERFAULTFD_IOC_NEW = 0xaa00L;
    /** {@code _IOWR(0xAA, 0x3F, struct uffdio_api)}. */
    static final long UFFDIO_API = 0xc018_aa3fL;
    /** {@code _IOWR(0xAA, 0x00, struct uffdio_register)}. */
    static final long UFFDIO_REGISTER = 0xc020_aa00L;
    /** {@code _IOR(0xAA, 0x01, struct uffdio_range)}. */
    static final long UFFDIO_UNREGISTER = 0x8010_aa01L;
    /** {@code _IOWR(0xAA, 0x03, struct uffdio_copy)}. */
    static final long UFFDIO_COPY = 0xc028_aa03L;
    /** {@code _IOWR(0xAA, 0x04, struct uffdio_zeropage)}. */
    static final long UFFDIO_ZEROPAGE = 0xc020_aa04L;

    private static final long UFFD_API = 0xaa;
    private static final long UFFDIO_REGISTER_MODE_MISSING = 1;
    private static final byte UFFD_EVENT_PAGEFAULT = 0x12;

    private static final Path DEVICE = Path.of("/dev/userfaultfd");

    /** The number of userfaultfd(2), for kernels before 6.1, which have no device. */
    private static final long SYS_USERFAULTFD = System.getProperty("os.arch").equals("amd64") ? 323 : 282;

    private static final MemorySegment SYSCALL = Libc.function("syscall");
    private static final MemorySegment READ = Libc.function("read");

    /** struct uffdio_api, uffdio_range and uffdio_register all have three words and four at most. */
    private static final long REQUEST_SIZE = 32;

    /** struct uffd_msg. */
    private static final long MESSAGE_SIZE = 32;

    private static final long MESSAGE_ADDRESS = 16;

    /** The most faults that are heard of at once. */
    private static final int BATCH = 64;

    private final Fd fd;
    private final MemorySegment messages = Arena.ofAuto().allocate(MESSAGE_SIZE * BATCH, JAVA_LONG.byteAlignment());

    private UserFaultFd(Fd fd) {
        this.fd = fd;
    }

    /**
     * Opens one.
     *
     * @throws SystemCallException if the kernel has none, or this process may not have one that serves the kernel's own
     *     faults: it needs /dev/userfaultfd, or CAP_SYS_PTRACE, or the sysctl {@code vm.unprivileged_userfaultfd}
     */
    public static UserFaultFd open() {
        Fd fd = Fd.own((int) SystemCallException.check(descriptor(), "userfaultfd", ""));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment api = arena.allocate(REQUEST_SIZE, JAVA_LONG.byteAlignment());
            api.set(JAVA_LONG, 0, UFFD_API);
            SystemCallException.check(fd.ioctl(UFFDIO_API, api), "UFFDIO_API", "");
            return new UserFaultFd(fd);
        } catch (SystemCallException e) {
            fd.close();
            throw e;
        }
    }

    private static int descriptor() {
        int flags = Fd.O_CLOEXEC | Fd.O_NONBLOCK;
        if (Files.isWritable(DEVICE)) {
            try (Fd device = Fd.open(DEVICE, Fd.O_RDWR)) {
                return device.ioctl(USERFAULTFD_IOC_NEW, flags);
            }
        }
        return Libc.call(SYSCALL, SYS_USERFAULTFD, flags, 0);
    }

    @Override
    public int fd() {
        return fd.fd();
    }

    /**
     * Has touches of missing pages wait from now on. Pages that are there stay.
     *
     * @param memory whole pages of one mapping, anonymous or of a file in memory
     * @throws SystemCallException if the kernel refuses
     */
    public void register(MemorySegment memory) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = range(arena, memory, 0, memory.byteSize());
            request.set(JAVA_LONG, 16, UFFDIO_REGISTER_MODE_MISSING);
            SystemCallException.check(
                    fd.ioctl(UFFDIO_REGISTER, request), "UFFDIO_REGISTER", "size=" + memory.byteSize());
        }
    }

    /**
     * Has the kernel serve missing pages again, with zeros; who waits for one goes on.
     *
     * @param offset where in the memory, a multiple of the page size
     * @param length bytes, likewise
     * @return 0 or a negative error number: {@code ENOMEM} if the process has as many mappings as it may have
     */
    public int unregister(MemorySegment memory, long offset, long length) {
        try (Arena arena = Arena.ofConfined()) {
            return fd.ioctl(UFFDIO_UNREGISTER, range(arena, memory, offset, length));
        }
    }

    private static MemorySegment range(Arena arena, MemorySegment memory, long offset, long length) {
        Objects.checkFromIndexSize(offset, length, memory.byteSize());
        MemorySegment range = arena.allocate(REQUEST_SIZE, JAVA_LONG.byteAlignment());
        // NATIVE: for the kernel only; the range is in the mapping, which its owner keeps while it is registered.
        range.set(JAVA_LONG, 0, memory.address() + offset);
        range.set(JAVA_LONG, 8, length);
        return range;
    }

    /**
     * Hears of faults that wait to be served.
     *
     * @return how many, at most 64, perhaps 0; each is told of once
     * @throws SystemCallException if the kernel fails
     */
    public int read() {
        // NATIVE: the kernel writes whole messages, at most BATCH, during the call only.
        try {
            int bytes = fd.call(READ, messages.address(), messages.byteSize());
            if (bytes == -Errno.EAGAIN || bytes == -Errno.EINTR) {
                return 0;
            }
            return (int) (SystemCallException.check(bytes, "read", "userfaultfd") / MESSAGE_SIZE);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Where the {@code index}-th fault of the last {@link #read} is.
     *
     * @return the address in this process, or 0 if it is an event of another kind
     */
    public long address(int index) {
        long message = index * MESSAGE_SIZE;
        return messages.get(JAVA_BYTE, message) == UFFD_EVENT_PAGEFAULT
                ? messages.get(JAVA_LONG, message + MESSAGE_ADDRESS)
                : 0;
    }

    /** Who waits for a page goes on, and finds zeros. Closing twice is once. */
    @Override
    public void close() {
        fd.close();
    }

    /** Puts pages into registered memory. For one thread at a time. Allocates nothing. */
    public final class Filler {
        private static final long SIZE = 40;
        private static final long DESTINATION = 0;
        private static final long SOURCE = 8;
        private static final long COPY_LENGTH = 16;
        private static final long COPY_DONE = 32;
        private static final long ZERO_LENGTH = 8;
        private static final long ZERO_DONE = 24;
        private static final long MODE = 24;
        private static final long ZERO_MODE = 16;

        private final MemorySegment request = Arena.ofAuto().allocate(SIZE, JAVA_LONG.byteAlignment());

        /** Makes one. */
        public Filler() {}

        /**
         * Copies pages to where they are missing, from the first on, up to one that is there already. Who waits for one
         * of them goes on.
         *
         * @param memory registered
         * @param offset where in it, a multiple of the page size
         * @param from a native segment, no registered one, a multiple of the page size long
         * @return the bytes copied, at least a page, or a negative error number: {@code EEXIST} if the first page is
         *     there, {@code ENOENT} if the memory is not registered, {@code EAGAIN} if it is to be tried again
         */
        public long copy(MemorySegment memory, long offset, MemorySegment from) {
            Objects.checkFromIndexSize(offset, from.byteSize(), memory.byteSize());
            request.set(JAVA_LONG, SOURCE, from.address());
            request.set(JAVA_LONG, COPY_LENGTH, from.byteSize());
            request.set(JAVA_LONG, MODE, 0);
            return fill(UFFDIO_COPY, memory, offset, COPY_DONE, from);
        }

        /** Puts pages of zeros to where they are missing. Returns as {@link #copy} does. */
        public long zero(MemorySegment memory, long offset, long length) {
            Objects.checkFromIndexSize(offset, length, memory.byteSize());
            request.set(JAVA_LONG, ZERO_LENGTH, length);
            request.set(JAVA_LONG, ZERO_MODE, 0);
            return fill(UFFDIO_ZEROPAGE, memory, offset, ZERO_DONE, null);
        }

        private long fill(long ioctl, MemorySegment memory, long offset, long done, @Nullable MemorySegment from) {
            // NATIVE: for the kernel only; the pages are in the mapping, which its owner keeps while it is registered.
            request.set(JAVA_LONG, DESTINATION, memory.address() + offset);
            request.set(JAVA_LONG, done, 0);
            try {
                int result = fd.ioctl(ioctl, request);
                long bytes = request.get(JAVA_LONG, done);
                return bytes > 0 ? bytes : Math.min(result, -1);
            } finally {
                Reference.reachabilityFence(from);
                Reference.reachabilityFence(memory);
            }
        }
    }
}
