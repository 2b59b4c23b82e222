// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.vmm.error.ConfigException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * A port beside a console's terminal: a stream in both directions, which a Linux guest has as {@code /dev/vport0p1} and
 * so on, with the name in {@code /sys/class/virtio-ports}.
 *
 * @param name what the guest's programs know it by: 1 to {@value #MAX_NAME} bytes of UTF-8
 * @param backend opens the host's end when the console is made; closed with the console
 */
public record ConsolePort(String name, Supplier<PortBackend> backend) {
    /** The most bytes of a name. */
    public static final int MAX_NAME = 255;

    /** Refuses names that no port can have. */
    public ConsolePort {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > MAX_NAME || name.indexOf('\0') >= 0) {
            throw new ConfigException("console.port", "'" + name + "' is no name of 1 to " + MAX_NAME + " bytes");
        }
    }
}
