// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import java.io.OutputStream;

/**
 * What an embedder decides about a debug console. The stream stays the embedder's: nothing closes it.
 *
 * @param port the port
 * @param output where the bytes go
 */
public record DebugConsoleConfig(int port, OutputStream output) {
    /** Where Bochs has it. */
    public static final int PORT = 0xe9;

    /** Where firmware such as SeaBIOS and OVMF looks for it. */
    public static final int FIRMWARE_PORT = 0x402;

    /** Refuses a port that is none. */
    public DebugConsoleConfig {
        IoPorts.checked("debug-console.port", port);
    }
}
