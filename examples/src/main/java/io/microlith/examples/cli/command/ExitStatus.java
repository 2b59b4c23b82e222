// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.command;

/** What the process ends with, where a guest does not say so itself. Scripts rely on these numbers. */
public final class ExitStatus {
    /** All is well. */
    public static final int OK = 0;

    /** The guest failed. */
    public static final int GUEST_FAILED = 1;

    /** Wrong usage, or a problem of the host. One line on standard error says what, why, and how to mend it. */
    public static final int HOST_PROBLEM = 2;

    private ExitStatus() {}
}
