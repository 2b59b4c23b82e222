// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.harness;

/** A benchmark cannot be run here: what is missing, and how to mend it, in one line. */
public final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Makes an exception with a message of the form "what, why, how to mend". */
    public BenchException(String message) {
        super(message);
    }

    /** Makes an exception with a message and what caused it. */
    public BenchException(String message, Throwable cause) {
        super(message, cause);
    }
}
