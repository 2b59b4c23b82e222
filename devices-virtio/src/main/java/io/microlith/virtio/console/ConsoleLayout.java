// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.virtio.ConfigSpace;

/** Features, queues, configuration and control messages of a console (VIRTIO 1.2, 5.3.2 to 5.3.6). */
final class ConsoleLayout {
    static final int DEVICE_TYPE = 3;
    static final int QUEUE_SIZE = 64;

    static final long F_SIZE = 1;
    static final long F_MULTIPORT = 1L << 1;

    /** The queues of control messages, which are between those of the first port and those of the others. */
    static final int CONTROL_INPUT = 2;

    static final int CONTROL_OUTPUT = 3;

    private static final int CONFIG_SIZE = 12;

    // Control messages: the port's number, the event, and a value.
    static final int MESSAGE_SIZE = 8;
    static final int EVENT_OFFSET = 4;
    static final int VALUE_OFFSET = 6;

    static final int DEVICE_READY = 0;
    static final int PORT_ADD = 1;
    static final int PORT_READY = 3;
    static final int CONSOLE_PORT = 4;
    static final int RESIZE = 5;
    static final int PORT_OPEN = 6;
    static final int PORT_NAME = 7;

    private ConsoleLayout() {}

    /** The queue with what the host sends to a port. The one with what the guest sends comes behind it. */
    static int inputQueue(int port) {
        return port == 0 ? 0 : 2 * port + 2;
    }

    static int outputQueue(int port) {
        return inputQueue(port) + 1;
    }

    /** The port of a queue that is not one of control messages. */
    static int port(int queue) {
        return queue < CONTROL_INPUT ? 0 : queue / 2 - 1;
    }

    static int queues(int ports) {
        return ports == 1 ? 2 : 2 * ports + 2;
    }

    static ConfigSpace config(TerminalSize.Cells size, int ports) {
        return ConfigSpace.ofSize(CONFIG_SIZE)
                .with(0, Short.BYTES, size.columns())
                .with(2, Short.BYTES, size.rows())
                .with(4, Integer.BYTES, ports);
    }
}
