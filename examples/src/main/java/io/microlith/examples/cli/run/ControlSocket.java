// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.examples.cli.command.CommandException;
import io.microlith.snapshot.Snapshot;
import io.microlith.snapshot.SnapshotSettings;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Vm;
import io.microlith.vmm.error.VmmException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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
import java.util.Optional;

/**
 * A Unix socket by which other programs of the same user reach a VM: lines that say how, and one with a request, which
 * is answered by a line that begins with {@code ok} or {@code error}. One client at a time.
 *
 * <pre>
 *   compress              has the snapshot compressed
 *   since DIRECTORY       has the snapshot written there have all that did not change since
 *   snapshot DIRECTORY    writes a snapshot; the VM goes on
 *   suspend DIRECTORY     writes a snapshot and ends the VM
 *   balloon               says how large the balloon is, and what the guest says of its memory
 *   target BYTES          has the balloon be so large
 *   hint                  has the guest say which of its pages are free, and gives those back to the host
 * </pre>
 */
final class ControlSocket implements AutoCloseable {
    /** What a client that is being answered gets to hear its answer, when the process is about to end. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    /** The most that a client may say: some lines, and paths have 4,096 bytes. */
    private static final int LONGEST = 16 << 10;

    private static final String OK = "ok ";

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
            try {
                server.bind(UnixDomainSocketAddress.of(path));
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            } catch (IOException e) {
                server.close();
                throw e;
            }
            return new ControlSocket(path, vm, server);
        } catch (IOException e) {
            throw new CommandException("--control: " + path + " cannot be made: " + e.getMessage(), e);
        }
    }

    private void serve() {
        while (server.isOpen()) {
            try (SocketChannel client = server.accept();
                    BufferedReader in = new BufferedReader(new InputStreamReader(
                            new BoundedInput(Channels.newInputStream(client), LONGEST), StandardCharsets.UTF_8));
                    PrintWriter out = new PrintWriter(Channels.newOutputStream(client), true, StandardCharsets.UTF_8)) {
                out.println(answer(in));
            } catch (IOException e) {
                // The client went away, or we do.
            }
        }
    }

    private String answer(BufferedReader requests) throws IOException {
        try {
            return obey(requests);
        } catch (InvalidPathException | CommandException e) {
            return error(e);
        }
    }

    private String obey(BufferedReader requests) throws IOException {
        SnapshotSettings settings = SnapshotSettings.DEFAULT;
        Optional<Path> since = Optional.empty();
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            String[] words = line.split(" ", 2);
            String argument = words.length == 2 ? words[1] : "";
            switch (words[0]) {
                case "compress" -> settings = settings.compressed();
                case "since" -> since = Optional.of(Path.of(argument));
                case "snapshot" -> {
                    return save(Path.of(argument), since, settings, () -> {});
                }
                case "suspend" -> {
                    // While it is still: what it did after that moment, its disk would have.
                    return save(Path.of(argument), since, settings, vm::stop);
                }
                case "balloon" -> {
                    return OK + BalloonRequests.to(vm).describe();
                }
                case "target" -> {
                    return OK + BalloonRequests.to(vm).setTarget(argument);
                }
                case "hint" -> {
                    return OK + BalloonRequests.to(vm).hint();
                }
                default -> {
                    return "error no such request: snapshot DIRECTORY or suspend DIRECTORY, and before that"
                            + " compress, since DIRECTORY; balloon, target BYTES, or hint";
                }
            }
        }
        return "error nothing is asked for";
    }

    /** Saves the guest, and does something when it is saved, before it goes on. */
    private String save(Path directory, Optional<Path> since, SnapshotSettings settings, Runnable whenSaved) {
        try {
            Optional<Snapshot> base = since.map(Snapshot::open);
            try (FrozenVm frozen = vm.freeze()) {
                Snapshot snapshot = base.isPresent()
                        ? Snapshot.writeChanges(frozen, base.get(), directory, settings)
                        : Snapshot.write(frozen, directory, settings);
                whenSaved.run();
                return OK + snapshot.id();
            }
        } catch (VmmException | IllegalStateException e) {
            return error(e);
        }
    }

    private static String error(Exception e) {
        return "error " + String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
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
