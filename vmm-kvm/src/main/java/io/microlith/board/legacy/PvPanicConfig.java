// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

/**
 * What an embedder decides about the panic port.
 *
 * @param events whom to tell
 */
public record PvPanicConfig(PvPanicEvents events) {
    /** One that only ends the VM. */
    public static PvPanicConfig standard() {
        return new PvPanicConfig(PvPanicEvents.NONE);
    }
}
