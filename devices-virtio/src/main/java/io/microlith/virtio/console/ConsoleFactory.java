// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.virtio.setup.SetupOptions;
import io.microlith.virtio.setup.VirtioFactory;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.state.StateReader;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes consoles. {@link Console} has shorter ways to say most configurations.
 *
 * <p>Options in text: {@code terminal} is where the guest's own console is; {@code port.NAME} is where the port of that
 * name is, of which there can be many, in the order of their names; both are {@code socket:PATH}, which programs of the
 * host connect to, or {@code file:PATH}, which gets what is written; and those of {@link SetupOptions}.
 */
public final class ConsoleFactory implements VirtioFactory<ConsoleConfig, ConsoleState> {
    private static final String PORT = "port.";
    private static final String SOCKET = "socket:";
    private static final String FILE = "file:";

    /** Makes a factory. */
    public ConsoleFactory() {}

    @Override
    public String type() {
        return "console";
    }

    @Override
    public ConsoleConfig configure(Map<String, String> options) {
        SetupOptions left = SetupOptions.of(type(), options);
        String terminal = left.take("terminal", "");
        List<ConsolePort> ports = new ArrayList<>();
        left.takeAll(PORT)
                .forEach((name, where) -> ports.add(new ConsolePort(name, backend(left, PORT + name, where))));
        ConsoleConfig config = new ConsoleConfig(
                terminal.isEmpty() ? Optional.empty() : Optional.of(backend(left, "terminal", terminal)),
                TerminalSize.unknown(),
                ports,
                left.takeSetup(),
                ConsoleEvents.NONE);
        left.requireNone();
        return config;
    }

    private static Supplier<PortBackend> backend(SetupOptions left, String option, String where) {
        if (where.startsWith(SOCKET)) {
            Path path = path(left, option, where.substring(SOCKET.length()));
            return () -> SocketPort.listen(path);
        }
        if (where.startsWith(FILE)) {
            Path path = path(left, option, where.substring(FILE.length()));
            return () -> FilePort.create(path);
        }
        throw left.wrong(option, "'" + where + "' is neither socket:PATH nor file:PATH");
    }

    private static Path path(SetupOptions left, String option, String text) {
        try {
            if (!text.isEmpty()) {
                return Path.of(text);
            }
        } catch (InvalidPathException e) {
            // Told below.
        }
        throw left.wrong(option, "'" + text + "' is no path");
    }

    @Override
    public Device create(ConsoleConfig config, DeviceContext context) {
        return new ConsoleDevice(config, Optional.empty(), context);
    }

    @Override
    public Device restore(ConsoleConfig config, ConsoleState state, DeviceContext context) {
        return new ConsoleDevice(config, Optional.of(state), context);
    }

    @Override
    public ConsoleState read(StateReader reader) {
        return ConsoleState.read(reader);
    }
}
