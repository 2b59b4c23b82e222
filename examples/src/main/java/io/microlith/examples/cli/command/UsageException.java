// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.command;

/** The user gave arguments that a command does not take. The message says what is wrong, in one line. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Makes an exception with a message. */
    public UsageException(String message) {
        super(message);
    }

    /** Makes an exception with a message and what caused it. */
    public UsageException(String message, Throwable cause) {
        super(message, cause);
    }
}
