// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.linux.Errno;
import io.microlith.vmm.error.HypervisorException;

/** A call to KVM failed. The message names the call, the error and the arguments that matter. */
public final class KvmException extends HypervisorException {
    private static final long serialVersionUID = 1L;

    private final String ioctl;
    private final int errno;

    /**
     * Makes an exception for a failed call.
     *
     * @param ioctl the request's name, such as {@code KVM_CREATE_VCPU}
     * @param errno the error number, positive
     * @param detail arguments as {@code name=value}, or an empty string
     */
    public KvmException(String ioctl, int errno, String detail) {
        super(ioctl + " failed: " + Errno.describe(errno) + (detail.isEmpty() ? "" : " [" + detail + "]"));
        this.ioctl = ioctl;
        this.errno = errno;
    }

    /** The name of the request that failed. */
    public String ioctl() {
        return ioctl;
    }

    /** The error number, positive; see {@link Errno}. */
    public int errno() {
        return errno;
    }
}
