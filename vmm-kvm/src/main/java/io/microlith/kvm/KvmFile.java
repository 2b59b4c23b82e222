// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.linux.Errno;
import io.microlith.linux.Fd;
import io.microlith.linux.IoctlCall;
import io.microlith.linux.Pollable;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/** A descriptor that KVM gave out, and calls to it that fail with {@link KvmException}. */
final class KvmFile implements Pollable, AutoCloseable {
    private final Fd fd;

    KvmFile(Fd fd) {
        this.fd = fd;
    }

    /** Calls with a number. */
    int call(KvmIoctl request, long argument, String detail) {
        return check(request, tryCall(request, argument), detail);
    }

    /** Calls with a struct. */
    int call(KvmIoctl request, MemorySegment argument, String detail) {
        return check(request, tryCall(request, argument), detail);
    }

    /** The same, for details that take some time to put together. */
    int call(KvmIoctl request, MemorySegment argument, Supplier<String> detail) {
        int result = tryCall(request, argument);
        return result < 0 ? check(request, result, detail.get()) : result;
    }

    /** Calls with a number. Returns zero or more, or a negative error number. */
    int tryCall(KvmIoctl request, long argument) {
        return fd.ioctl(request.request(), argument);
    }

    /** Calls with a struct. Returns zero or more, or a negative error number. */
    int tryCall(KvmIoctl request, MemorySegment argument) {
        return fd.ioctl(request.request(), argument);
    }

    /** A call whose result is a new descriptor. One that a signal interrupts is made again. */
    KvmFile create(KvmIoctl request, long argument, String detail) {
        int result;
        do {
            result = tryCall(request, argument);
        } while (result == -Errno.EINTR);
        return new KvmFile(Fd.own(check(request, result, detail)));
    }

    /** A call to be made millions of times by one thread. */
    IoctlCall bind(KvmIoctl request) {
        return new IoctlCall(fd, request.request(), 0);
    }

    private static int check(KvmIoctl request, int result, String detail) {
        if (result < 0) {
            throw new KvmException(request.name(), -result, detail);
        }
        return result;
    }

    boolean isClosed() {
        return fd.isClosed();
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
