// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import java.lang.foreign.MemorySegment;

/**
 * One {@code ioctl} bound to its descriptor, request and argument, for loops that make it millions of times.
 *
 * <p>One thread at a time: it holds that thread's {@code errno}. Allocates nothing. The descriptor must outlive it.
 */
public final class IoctlCall {
    private final MemorySegment capture = Libc.newCapture();
    private final int fd;
    private final long request;
    private final long argument;

    /** Binds a call to {@code fd} as it is now. */
    public IoctlCall(Fd fd, long request, long argument) {
        this.fd = fd.fd();
        this.request = request;
        this.argument = argument;
    }

    /** Makes the call. Returns zero or more, or a negative error number. */
    public int invoke() {
        return Libc.callInt(capture, Libc.IOCTL, fd, request, argument, 0, 0, 0);
    }
}
