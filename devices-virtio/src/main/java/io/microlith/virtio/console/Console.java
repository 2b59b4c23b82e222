// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.vmm.device.DeviceSpec;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/** Consoles to give to a machine. Linux calls the terminal of the first one {@code hvc0}. */
public final class Console {
    private Console() {}

    /** A terminal between two streams. */
    public static DeviceSpec<ConsoleConfig> terminal(InputStream input, OutputStream output) {
        return with(ConsoleConfig.of(() -> StreamPort.between(input, output)));
    }

    /** Ports, without a terminal. */
    public static DeviceSpec<ConsoleConfig> ports(ConsolePort... ports) {
        return with(ConsoleConfig.ports(List.of(ports)));
    }

    /** A device of any configuration. */
    public static DeviceSpec<ConsoleConfig> with(ConsoleConfig config) {
        return new DeviceSpec<>(new ConsoleFactory(), config);
    }
}
