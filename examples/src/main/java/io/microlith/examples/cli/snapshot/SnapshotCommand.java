// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.snapshot;

import io.microlith.examples.cli.command.Arguments;
import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.CommandException;
import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.ExitStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code snapshot}: has a guest of another process saved. */
public final class SnapshotCommand implements Command {
    private static final String STOP = "--stop";
    private static final String SINCE = "--changes-since";
    private static final String COMPRESS = "--compress";

    /** Makes the command. */
    public SnapshotCommand() {}

    @Override
    public String name() {
        return "snapshot";
    }

    @Override
    public String summary() {
        return "Save a guest that 'run --control' has.";
    }

    @Override
    public int run(List<String> arguments, Console console) {
        return Arguments.run(describe(), arguments, console, options -> run(options, console));
    }

    private CommandSpec describe() {
        CommandSpec spec = Arguments.describe(this);
        spec.addPositional(Arguments.path(0, "SOCKET", "What 'run --control' was given."));
        spec.addPositional(Arguments.path(1, "SNAPSHOT", "The directory to make."));
        spec.addOption(OptionSpec.builder(STOP)
                .description("End the guest when it is saved.")
                .build());
        spec.addOption(OptionSpec.builder(SINCE)
                .paramLabel("SNAPSHOT")
                .type(Path.class)
                .description(
                        "Save what has changed since that one, which has to be in the same directory and stay there.")
                .build());
        spec.addOption(OptionSpec.builder(COMPRESS)
                .description("Compress the memory: such a snapshot is smaller, and has to be unpacked.")
                .build());
        return spec;
    }

    private static int run(ParseResult options, Console console) {
        Path socket = options.matchedPositionalValue(0, Path.of(""));
        // The other process may be elsewhere.
        Path target = options.matchedPositionalValue(1, Path.of("")).toAbsolutePath();
        StringBuilder request = new StringBuilder();
        if (options.hasMatchedOption(COMPRESS)) {
            request.append("compress\n");
        }
        Path since = options.matchedOptionValue(SINCE, null);
        if (since != null) {
            request.append("since ").append(since.toAbsolutePath()).append('\n');
        }
        request.append(options.hasMatchedOption(STOP) ? "suspend " : "snapshot ")
                .append(target)
                .append('\n');
        String answer = ask(socket, request.toString());
        if (!answer.startsWith("ok ")) {
            throw new CommandException("the guest was not saved: " + answer.replaceFirst("^error ", ""));
        }
        console.out().println("saved " + answer.substring(3) + " in " + target);
        return ExitStatus.OK;
    }

    private static String ask(Path socket, String request) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                BufferedReader in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
            ByteBuffer line = StandardCharsets.UTF_8.encode(request);
            while (line.hasRemaining()) {
                channel.write(line);
            }
            String answer = in.readLine();
            return answer == null ? "it ended meanwhile" : answer;
        } catch (IOException e) {
            throw new CommandException(
                    socket + " cannot be reached: " + e.getMessage() + "; does 'run --control' have it?", e);
        }
    }
}
