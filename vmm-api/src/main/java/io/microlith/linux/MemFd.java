// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A file that lives in memory and has no name in any directory; see memfd_create(2). Its pages exist once touched. */
public final class MemFd implements Pollable, AutoCloseable {
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_HUGETLB = 4;

    /** log2 of 2 MiB, where memfd_create expects the page size (MFD_HUGE_2MB). */
    private static final int MFD_HUGE_2MB = 21 << 26;

    private static final MemorySegment CREATE = Libc.function("memfd_create");
    private static final MemorySegment TRUNCATE = Libc.function("ftruncate");

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
            int result = Libc.call(CREATE, arena.allocateFrom(name).address(), MFD_CLOEXEC | flags, 0);
            fd = Fd.own((int) SystemCallException.check(result, "memfd_create", "name=" + name));
        }
        int result = Libc.call(TRUNCATE, fd.fd(), size, 0);
        if (result < 0) {
            fd.close();
            throw new SystemCallException("ftruncate", -result, "memfd=" + name + " size=" + size);
        }
        return new MemFd(fd);
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
