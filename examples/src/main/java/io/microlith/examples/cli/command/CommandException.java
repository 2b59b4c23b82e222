// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.command;

/** A command cannot do its work here. The message says what, why, and how to mend it, in one line. */
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Makes an exception with a message. */
    public CommandException(String message) {
        super(message);
    }

    /** Makes an exception with a message and what caused it. */
    public CommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
