// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

/** One descriptor of a {@link ResourceTemplate}. Immutable. */
public sealed interface Resource permits AddressWindow, EdgeIrq, ExtendedInterrupt, FixedMemory, IoPorts {
    /** Appends the descriptor's bytes. */
    void encode(ByteOutput out);
}
