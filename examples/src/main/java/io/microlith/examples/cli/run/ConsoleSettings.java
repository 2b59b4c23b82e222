// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.virtio.console.ConsoleConfig;
import io.microlith.virtio.console.ConsoleFactory;
import io.microlith.virtio.console.PortBackend;
import io.microlith.virtio.setup.SetupOptions;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What is on the terminal, and which ports there are.
 *
 * @param kind which of the guest's consoles is on the terminal
 * @param ports by name, as the console's factory has them: {@code socket:PATH} or {@code file:PATH}
 * @param transport how the guest finds the device
 */
record ConsoleSettings(Kind kind, Map<String, String> ports, String transport) {
    /** A console of the guest's. */
    enum Kind {
        /** The serial port. */
        SERIAL,
        /** The virtio console. */
        VIRTIO
    }

    /** The console device of the guest, if it has one. */
    Optional<ConsoleConfig> device(Supplier<PortBackend> terminal) {
        Map<String, String> options = new TreeMap<>(Map.of("transport", transport));
        ports.forEach((name, where) -> options.put("port." + name, where));
        if (kind == Kind.SERIAL) {
            return ports.isEmpty() ? Optional.empty() : Optional.of(new ConsoleFactory().configure(options));
        }
        return Optional.of(
                ports.isEmpty()
                        ? ConsoleConfig.of(terminal)
                                .setup(SetupOptions.of("console", options).takeSetup())
                        : new ConsoleFactory().configure(options).terminal(terminal));
    }
}
