// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

/**
 * What an embedder decides about the exit ports.
 *
 * @param port the first of the two
 */
public record DebugExitConfig(int port) {
    /** Where the first is unless told otherwise. */
    public static final int PORT = 0xf4;

    static final int PORTS = 2;

    /** Refuses a port that is none, or is the last one of all. */
    public DebugExitConfig {
        IoPorts.checked("debug-exit.port", port, PORTS);
    }

    /** At {@link #PORT}. */
    public static DebugExitConfig standard() {
        return new DebugExitConfig(PORT);
    }
}
