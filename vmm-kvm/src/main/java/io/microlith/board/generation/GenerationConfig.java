// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.generation;

import java.util.UUID;
import java.util.function.Supplier;

/**
 * What a board decides about its generation.
 *
 * @param address where a new machine has it: 16 bytes of RAM that the guest keeps its hands off, at a multiple of 8
 * @param generation gives one that no other machine has or had; asked once, by a machine that is new or a clone
 */
public record GenerationConfig(long address, Supplier<UUID> generation) {
    /** One that is made up. */
    public static GenerationConfig random(long address) {
        return new GenerationConfig(address, UUID::randomUUID);
    }
}
