// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import java.lang.foreign.MemorySegment;

/**
 * One {@code ioctl} bound to its descriptor, request and argument, for loops that make it millions of times.
 *
 * <p>One thread at a time: it holds that thread's {@code errno}. Allocates nothing. The descriptor must outlive it.
 *
 * <p>After {@link #MANY} calls it takes a shorter way, which does not learn why a call failed: one that fails is then
 * made once more. So it is for requests that may be repeated, as {@code KVM_RUN} may be: what keeps it out of the guest
 * for good, {@code immediate_exit} or a blocked signal, is there until it is taken away, and an error of the host's
 * comes again. Where the second call goes through, it is as if it had been the only one: that is so after a signal with
 * a handler, such as a profiler's, and for a processor that has just had its start-up message.
 */
public final class IoctlCall {
    /**
     * How many calls pay for a stub that has to be linked, some milliseconds: more than a Linux makes that boots with a
     * serial console, which has better uses for them.
     */
    public static final int MANY = 100_000;

    private final MemorySegment capture = Libc.newCapture();
    private final int fd;
    private final long request;
    private final long argument;
    private int calls;

    /** Binds a call to {@code fd} as it is now. */
    public IoctlCall(Fd fd, long request, long argument) {
        this.fd = fd.fd();
        this.request = request;
        this.argument = argument;
    }

    /** Makes the call. Returns zero or more, or a negative error number. */
    public int invoke() {
        if (calls < MANY) {
            calls++;
            return invokeForError();
        }
        int result = IoctlStub.call(fd, request, argument);
        return result == -1 ? invokeForError() : result;
    }

    private int invokeForError() {
        return Libc.callInt(capture, Libc.IOCTL, fd, request, argument, 0, 0, 0);
    }
}
