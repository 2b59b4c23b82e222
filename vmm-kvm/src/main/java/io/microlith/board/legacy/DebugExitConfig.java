// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

/**
 * What an embedder decides about the exit port.
 *
 * @param port the port
 */
public record DebugExitConfig(int port) {
    /** Where the port is unless told otherwise. */
    public static final int PORT = 0xf4;

    /** Refuses a port that is none. */
    public DebugExitConfig {
        IoPorts.checked("debug-exit.port", port);
    }

    /** At {@link #PORT}. */
    public static DebugExitConfig standard() {
        return new DebugExitConfig(PORT);
    }
}
