// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.board.legacy.Serial;
import io.microlith.board.legacy.SerialConfig;
import io.microlith.linux.PosixIo;
import io.microlith.linux.Terminal;
import io.microlith.virtio.console.Console;
import io.microlith.virtio.console.ConsoleConfig;
import io.microlith.virtio.console.DescriptorPort;
import io.microlith.virtio.console.PortBackend;
import io.microlith.virtio.console.TerminalSize;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.device.DeviceSpec;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * This process's standard input and output as the other end of the guest's serial port or virtio console. If standard
 * input is a terminal it is in raw mode until this is closed, or the process ends in whatever way lets the JVM run its
 * shutdown hooks.
 */
final class GuestConsole implements AutoCloseable {
    private final CompletableFuture<@Nullable Void> quit = new CompletableFuture<>();
    private final WatchedOutput output = new WatchedOutput(new FileOutputStream(FileDescriptor.out));
    private final Optional<Terminal> terminal = Terminal.at(Terminal.STDIN);
    private final TerminalSize size = TerminalSize.unknown();
    private @Nullable SizeWatch sizeWatch;
    private Terminal.@Nullable RawMode raw;
    private @Nullable Thread restorer;

    /** Makes a console. The terminal is left as it is until {@link #begin}. */
    GuestConsole() {}

    /** Whether there is somebody who types. */
    boolean isTerminal() {
        return terminal.isPresent();
    }

    /** Gives a machine the console that the user asked for. */
    void addTo(VmBuilder builder, ConsoleSettings settings) {
        settings.device(this::backend).map(this::virtio).ifPresent(builder::device);
        if (settings.kind() == ConsoleSettings.Kind.SERIAL) {
            builder.device(port());
        }
    }

    private DeviceSpec<SerialConfig> port() {
        if (terminal.isEmpty()) {
            return Serial.console(PosixIo.STDIN, output);
        }
        return Serial.with(
                SerialConfig.to(output).source(new KeyboardSource(PosixIo.STDIN, () -> quit.complete(null))));
    }

    /** The same for a virtio console, whose guest knows the size of the terminal, too. */
    private DeviceSpec<ConsoleConfig> virtio(ConsoleConfig config) {
        return Console.with(config.size(size));
    }

    /** The host's end of the guest's virtio console. */
    private PortBackend backend() {
        return terminal.isEmpty()
                ? DescriptorPort.between(PosixIo.STDIN, output)
                : new KeyboardPort(PosixIo.STDIN, output, () -> quit.complete(null));
    }

    /** Has a task run once when the guest has printed a text. Before the machine is made. */
    void whenPrinted(String text, Runnable task) {
        output.expect(text, task);
    }

    /** Ends the guest, as if the user had typed what does. */
    void leave() {
        quit.complete(null);
    }

    /** Completed when the user has typed what ends the guest. */
    CompletableFuture<@Nullable Void> quit() {
        return quit;
    }

    /** Puts the terminal, if there is one, into raw mode. */
    void begin() {
        terminal.ifPresent(tty -> {
            sizeWatch = SizeWatch.start(tty, size);
            Terminal.RawMode mode = tty.enterRawMode();
            raw = mode;
            restorer = new Thread(mode::close, "restore-terminal");
            Runtime.getRuntime().addShutdownHook(restorer);
        });
    }

    /** Puts the terminal back. */
    @Override
    public void close() {
        if (sizeWatch != null) {
            sizeWatch.close();
        }
        if (raw != null) {
            raw.close();
        }
        if (restorer != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(restorer);
            } catch (IllegalStateException e) {
                // The JVM is ending, and the hook does the same.
            }
        }
    }
}
