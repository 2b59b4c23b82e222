// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.examples.cli.command.Arguments;
import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.ControlClient;
import io.microlith.examples.cli.command.ExitStatus;
import io.microlith.vmm.memory.Size;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code balloon}: says what the balloon of a guest of another process is, or has it be another one. */
public final class BalloonCommand implements Command {
    private static final String TARGET = "--target";
    private static final String HINT = "--hint";

    /** Makes the command. */
    public BalloonCommand() {}

    @Override
    public String name() {
        return "balloon";
    }

    @Override
    public String summary() {
        return "Look at the balloon of a guest that 'run --control' has, or change it.";
    }

    @Override
    public int run(List<String> arguments, Console console) {
        return Arguments.run(describe(), arguments, console, options -> run(options, console));
    }

    private CommandSpec describe() {
        CommandSpec spec = Arguments.describe(this);
        spec.addPositional(ControlClient.socket(0));
        spec.addOption(OptionSpec.builder(HINT)
                .description("Have the guest say which of its pages are free, and give those back to the host.")
                .build());
        spec.addOption(OptionSpec.builder(TARGET)
                .paramLabel("SIZE")
                .type(String.class)
                .description("Say how much of the guest's memory the balloon is to have, such as 64M. The guest then"
                        + " sees to that.")
                .build());
        spec.usageMessage()
                .footer("Without an option it prints the balloon's size and target, and what the guest said last of its"
                        + " memory, if 'stats' had it asked. Sizes are printed in bytes.");
        return spec;
    }

    private static int run(ParseResult options, Console console) {
        ControlClient guest = new ControlClient(options.matchedPositionalValue(0, Path.of("")));
        for (String request : requests(options)) {
            print(guest.ask(request + '\n', "the guest's balloon"), console.out());
        }
        return ExitStatus.OK;
    }

    private static List<String> requests(ParseResult options) {
        List<String> requests = new ArrayList<>();
        // First, for the guest is long at the other, and has less to hint at meanwhile.
        if (options.hasMatchedOption(HINT)) {
            requests.add("hint");
        }
        if (options.hasMatchedOption(TARGET)) {
            Size target = SizeText.require(TARGET, options.matchedOptionValue(TARGET, ""), "64M");
            requests.add("target " + target.bytes());
        }
        return requests.isEmpty() ? List.of("balloon") : requests;
    }

    /** Prints names and values, a pair a line. */
    private static void print(String answer, PrintStream to) {
        String[] words = answer.split(" ", -1);
        for (int i = 0; i + 1 < words.length; i += 2) {
            to.println(words[i] + " " + words[i + 1]);
        }
    }
}
