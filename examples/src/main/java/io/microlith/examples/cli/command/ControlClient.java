// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Reaches a guest of another process, by the socket that {@code --control} made there.
 *
 * @param socket what {@code --control} was given
 */
public record ControlClient(Path socket) {
    private static final String OK = "ok ";

    /** Describes the socket, in its place among arguments without a name. */
    public static PositionalParamSpec socket(int place) {
        return Arguments.path(place, "SOCKET", "What 'run --control' was given.");
    }

    /**
     * Asks for something, and waits until it is done.
     *
     * @param request lines, each with its end
     * @param failure what to say, before the reason, if it is not done
     * @return the answer
     * @throws CommandException if nobody is there, or it cannot be done
     */
    public String ask(String request, String failure) {
        String answer = exchange(request);
        if (!answer.startsWith(OK)) {
            throw new CommandException(failure + ": " + answer.replaceFirst("^error ", ""));
        }
        return answer.substring(OK.length());
    }

    private String exchange(String request) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                BufferedReader in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
            ByteBuffer lines = StandardCharsets.UTF_8.encode(request);
            while (lines.hasRemaining()) {
                channel.write(lines);
            }
            String answer = in.readLine();
            return answer == null ? "it ended meanwhile" : answer;
        } catch (IOException e) {
            throw new CommandException(
                    socket + " cannot be reached: " + e.getMessage() + "; does 'run --control' have it?", e);
        }
    }
}
