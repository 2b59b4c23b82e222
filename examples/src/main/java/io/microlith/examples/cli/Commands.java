// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli;

import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.CommandException;
import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.ExitStatus;
import io.microlith.examples.cli.command.UsageException;
import io.microlith.vmm.error.VmmException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the command a user asks for, runs it, and turns what goes wrong into one line and a status. */
final class Commands {
    private static final String DEBUG_OPTION = "--debug";
    private static final String DEBUG_VARIABLE = "MICROLITH_DEBUG";

    private final List<Command> commands;

    Commands(List<Command> commands) {
        this.commands = List.copyOf(commands);
    }

    /** Runs the command that the first argument names. Returns the status to end with. */
    int run(List<String> arguments, Console console) {
        List<String> rest = new ArrayList<>(arguments);
        boolean debug = rest.remove(DEBUG_OPTION);
        if (rest.isEmpty()) {
            printUsage(console.err());
            return ExitStatus.HOST_PROBLEM;
        }
        String name = rest.removeFirst();
        if (name.equals("--help") || name.equals("-h") || name.equals("help")) {
            printUsage(console.out());
            return ExitStatus.OK;
        }
        if (name.equals("--version")) {
            console.out().println("microlith " + version());
            return ExitStatus.OK;
        }
        Command command = find(name);
        if (command == null) {
            console.err()
                    .println("microlith: there is no command '" + name + "': one of " + names()
                            + "; 'microlith --help' says what they do");
            return ExitStatus.HOST_PROBLEM;
        }
        return run(command, rest, debug, console);
    }

    private int run(Command command, List<String> arguments, boolean debug, Console console) {
        try {
            return command.run(arguments, console);
        } catch (UsageException e) {
            String hint = "; 'microlith " + command.name() + " --help' says what it takes";
            return complain(e, e.getMessage() + hint, debug, console);
        } catch (CommandException | VmmException e) {
            return complain(e, String.valueOf(e.getMessage()), debug, console);
        } catch (RuntimeException e) {
            String hint = "; this is a bug: please report it with the stack trace that --debug prints";
            return complain(e, "internal error: " + e + hint, debug, console);
        } finally {
            console.out().flush();
        }
    }

    private static int complain(Exception cause, String message, boolean debug, Console console) {
        console.err().println("microlith: " + message.strip().replaceAll("\\s*\\R\\s*", " "));
        if (debug || "1".equals(System.getenv(DEBUG_VARIABLE))) {
            cause.printStackTrace(console.err());
        }
        return ExitStatus.HOST_PROBLEM;
    }

    private @Nullable Command find(String name) {
        for (Command command : commands) {
            if (command.name().equals(name)) {
                return command;
            }
        }
        return null;
    }

    private String names() {
        return String.join(", ", commands.stream().map(Command::name).toList());
    }

    private static String version() {
        String version = Commands.class.getPackage().getImplementationVersion();
        return version == null ? "(not from a jar)" : version;
    }

    private void printUsage(java.io.PrintStream to) {
        to.println("usage: microlith COMMAND [OPTION...]");
        to.println();
        for (Command command : commands) {
            to.printf("  %-8s %s%n", command.name(), command.summary());
        }
        to.println();
        to.println(
                "'microlith COMMAND --help' says what a command takes; --debug, or MICROLITH_DEBUG=1, adds stack traces.");
        to.println(
                "Exit status: the guest's own where it has one; 0 fine, 1 the guest failed, 2 usage or host problem.");
    }
}
