// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.command;

import java.util.List;

/** A command of the command line. Stateless; run once in a process, on its main thread. */
public interface Command {
    /** What users call it. */
    String name();

    /** What it does, in one line. */
    String summary();

    /**
     * Runs it.
     *
     * @param arguments what the user gave after the command's name
     * @return the status for the process to end with; see {@link ExitStatus}
     * @throws UsageException if the arguments are wrong
     * @throws CommandException if it cannot be done here
     * @throws io.microlith.vmm.error.VmmException if the host refuses, or a setting cannot work
     */
    int run(List<String> arguments, Console console);
}
