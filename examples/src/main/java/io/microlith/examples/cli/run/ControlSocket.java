// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.examples.cli.command.CommandException;
import io.microlith.snapshot.Snapshot;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Vm;
import io.microlith.vmm.error.VmmException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/**
 * A Unix socket by which other programs of the same user reach a VM: a line with a request, answered by a line that
 * begins with {@code ok} or {@code error}. One client at a time.
 *
 * <pre>
 *   snapshot DIRECTORY    writes a snapshot; the VM goes on
 *   suspend DIRECTORY     writes a snapshot and ends the VM
 * </pre>
 */
final class ControlSocket implements AutoCloseable {
    /** What a client that is being answered gets to hear its answer, when the process is about to end. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Path path;
    private final Vm vm;
    private final ServerSocketChannel server;
    private final Thread thread;

    private ControlSocket(Path path, Vm vm, ServerSocketChannel server) {
        this.path = path;
        this.vm = vm;
        this.server = server;
        thread = Thread.ofPlatform().name("control").daemon().start(this::serve);
    }

    static ControlSocket open(Path path, Vm vm) {
        try {
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            return new ControlSocket(path, vm, server);
        } catch (IOException e) {
            throw new CommandException("--control: " + path + " cannot be made: " + e.getMessage(), e);
        }
    }

    private void serve() {
        while (server.isOpen()) {
            try (SocketChannel client = server.accept();
                    BufferedReader in = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
                    PrintWriter out = new PrintWriter(Channels.newOutputStream(client), true, StandardCharsets.UTF_8)) {
                String request = in.readLine();
                if (request != null) {
                    out.println(answer(request));
                }
            } catch (IOException e) {
                // The client went away, or we do.
            }
        }
    }

    private String answer(String request) {
        String[] words = request.split(" ", 2);
        if (words.length != 2 || !words[0].equals("snapshot") && !words[0].equals("suspend")) {
            return "error no such request: snapshot DIRECTORY or suspend DIRECTORY";
        }
        try (FrozenVm frozen = vm.freeze()) {
            Snapshot snapshot = Snapshot.write(frozen, Path.of(words[1]));
            if (words[0].equals("suspend")) {
                vm.interrupt();
            }
            return "ok " + snapshot.id();
        } catch (VmmException | IllegalStateException | InvalidPathException e) {
            return "error " + String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // Nobody is there to be told, and the process ends.
        }
        try {
            boolean _ = thread.join(LAST_WORDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
