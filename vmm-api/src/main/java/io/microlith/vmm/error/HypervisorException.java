// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.error;

/**
 * The hypervisor refused or failed: the host lacks it, this process may not use it, or a call to it returned an error.
 * Hypervisor modules derive their own exceptions from this one.
 */
public class HypervisorException extends VmmException {
    private static final long serialVersionUID = 1L;

    /** Makes an exception with a message of the form "what, why, how to mend". */
    public HypervisorException(String message) {
        super(message);
    }

    /** Makes an exception with a message and what caused it. */
    public HypervisorException(String message, Throwable cause) {
        super(message, cause);
    }
}
