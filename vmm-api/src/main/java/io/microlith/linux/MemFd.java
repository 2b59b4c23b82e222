// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/**
 * A file that lives in memory and has no name in any directory; see memfd_create(2). Its pages exist once touched.
 *
 * <p>Its size is sealed: a process it is shared with cannot truncate it under the feet of those who have it mapped.
 */
public final class MemFd implements Pollable, AutoCloseable {
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int MFD_HUGETLB = 4;

    /** log2 of 2 MiB, where memfd_create expects the page size (MFD_HUGE_2MB). */
    private static final int MFD_HUGE_2MB = 21 << 26;

    private static final int F_ADD_SEALS = 1033;

    /** F_SEAL_SEAL, F_SEAL_SHRINK and F_SEAL_GROW. */
    private static final int SIZE_SEALS = 1 | 2 | 4;

    private static final MemorySegment CREATE = Libc.function("memfd_create");
    private static final MemorySegment TRUNCATE = Libc.function("ftruncate");
    private static final MemorySegment FCNTL = Libc.function("fcntl");

    private final Fd fd;

    private MemFd(Fd fd) {
        this.fd = fd;
    }

    /**
     * Makes a file of {@code size} bytes, all zero.
     *
     * @param name what /proc shows it as
     * @throws SystemCallException if the kernel refuses
     */
    public static MemFd create(String name, long size) {
        return create(name, size, 0);
    }

    /**
     * Makes a file of 2 MiB pages from the host's hugetlb pool.
     *
     * @param size a multiple of 2 MiB
     * @throws SystemCallException if the kernel refuses; a pool that is too small shows when it is mapped
     */
    public static MemFd createHuge(String name, long size) {
        return create(name, size, MFD_HUGETLB | MFD_HUGE_2MB);
    }

    private static MemFd create(String name, long size, int flags) {
        Fd fd;
        try (Arena arena = Arena.ofConfined()) {
            long path = Libc.string(arena, name).address();
            int result = Libc.call(CREATE, path, MFD_CLOEXEC | MFD_ALLOW_SEALING | flags, 0);
            fd = Fd.own((int) SystemCallException.check(result, "memfd_create", () -> "name=" + name));
        }
        try {
            Supplier<String> detail = () -> "memfd=" + name + " size=" + size;
            SystemCallException.check(fd.call(TRUNCATE, size, 0), "ftruncate", detail);
            SystemCallException.check(
                    fd.call(FCNTL, F_ADD_SEALS, SIZE_SEALS), "fcntl", () -> detail.get() + " cmd=F_ADD_SEALS");
            return new MemFd(fd);
        } catch (SystemCallException e) {
            fd.close();
            throw e;
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
