// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import io.microlith.vmm.error.VmmException;
import java.util.function.Supplier;

/** A system call failed. The message names the call, the error and the arguments that matter. */
public final class SystemCallException extends VmmException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;

    /**
     * Makes an exception for a failed call.
     *
     * @param call the call's name
     * @param errno the error number, positive
     * @param detail arguments as {@code name=value}, or an empty string
     */
    public SystemCallException(String call, int errno, String detail) {
        super(call + " failed: " + Errno.describe(errno) + (detail.isEmpty() ? "" : " [" + detail + "]"));
        this.call = call;
        this.errno = errno;
    }

    /** The name of the call that failed. */
    public String call() {
        return call;
    }

    /** The error number, positive; see {@link Errno}. */
    public int errno() {
        return errno;
    }

    /** Returns {@code result}, or throws if it is a negative error number. */
    static long check(long result, String call, String detail) {
        if (result < 0) {
            throw new SystemCallException(call, (int) -result, detail);
        }
        return result;
    }

    /** The same, for details that take some time to put together. */
    static long check(long result, String call, Supplier<String> detail) {
        if (result < 0) {
            throw new SystemCallException(call, (int) -result, detail.get());
        }
        return result;
    }
}
