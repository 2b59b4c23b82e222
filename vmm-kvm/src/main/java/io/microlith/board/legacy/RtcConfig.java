// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import java.time.InstantSource;

/**
 * What an embedder decides about the clock.
 *
 * @param source the time, as the guest finds it at power-on; UTC
 */
public record RtcConfig(InstantSource source) {
    /** The host's time. */
    public static RtcConfig system() {
        return new RtcConfig(InstantSource.system());
    }
}
