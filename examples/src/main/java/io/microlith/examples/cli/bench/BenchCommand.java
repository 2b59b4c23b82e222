// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.bench;

import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.CommandException;
import io.microlith.examples.cli.command.Console;
import java.util.List;
import java.util.spi.ToolProvider;

/** {@code bench NAME}: runs a benchmark of the module that has them, if it is there. */
public final class BenchCommand implements Command {
    private static final String TOOL = "microlith-bench";

    /** Makes the command. */
    public BenchCommand() {}

    @Override
    public String name() {
        return "bench";
    }

    @Override
    public String summary() {
        return "Measure the SDK side by side with something else; 'bench --list' names what.";
    }

    @Override
    public int run(List<String> arguments, Console console) {
        ToolProvider benchmarks = ToolProvider.findFirst(TOOL)
                .orElseThrow(() -> new CommandException("bench: the benchmarks are not on the class path;"
                        + " start it as ./microlith in a source tree"));
        return benchmarks.run(console.out(), console.err(), arguments.toArray(String[]::new));
    }
}
