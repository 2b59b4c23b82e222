// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

/**
 * What an embedder decides about the signal port.
 *
 * @param port the port
 */
public record SignalConfig(int port) {
    /** Where the port is unless told otherwise. */
    public static final int PORT = 0xf5;

    /** Refuses a port that is none. */
    public SignalConfig {
        IoPorts.checked("signal.port", port);
    }

    /** At {@link #PORT}. */
    public static SignalConfig standard() {
        return new SignalConfig(PORT);
    }
}
