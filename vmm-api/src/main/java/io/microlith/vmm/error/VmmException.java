// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.error;

/**
 * The root of what this SDK throws at its embedder: a mistake in a configuration, or a failure of the host.
 *
 * <p>A guest cannot cause one. What a guest does wrong ends its own VM with an outcome, or its request with an error.
 */
public class VmmException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Makes an exception with a message of the form "what, why, how to mend". */
    public VmmException(String message) {
        super(message);
    }

    /** Makes an exception with a message and what caused it. */
    public VmmException(String message, Throwable cause) {
        super(message, cause);
    }
}
