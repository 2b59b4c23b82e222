// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

/**
 * An edge-triggered interrupt of the legacy controllers, active high and not shared: the two-byte form of the IRQ
 * descriptor, without flags (section 6.4.2.1).
 *
 * @param irq 0 to 15
 */
public record EdgeIrq(int irq) implements Resource {
    private static final int TAG = 0x22;

    /** Refuses other numbers. */
    public EdgeIrq {
        if (irq < 0 || irq > 15) {
            throw new IllegalArgumentException("no legacy interrupt [irq=" + irq + "]: 0 to 15");
        }
    }

    @Override
    public void encode(ByteOutput out) {
        out.putByte(TAG).putShort(1 << irq);
    }
}
