// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.bell;

import io.microlith.vmm.memory.Size;

/**
 * What the embedder decides about a {@link BellDevice}.
 *
 * @param memory how much memory it shares with the guest: a power of two, at least a page
 */
public record BellConfig(Size memory) {
    private static final int PAGE = 4096;

    /** Refuses what cannot be behind a BAR. */
    public BellConfig {
        if (memory.bytes() < PAGE || Long.bitCount(memory.bytes()) != 1) {
            throw new IllegalArgumentException(memory + " is no power of two from a page on");
        }
    }
}
