// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device.pci;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.pci.PciCapability;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How many interrupts a function has, and where their registers are (PCI Local Bus 3.0, section 6.8.2).
 *
 * @param vectors the number of interrupts, 1 to 2048
 * @param bar the index of the BAR that has the registers
 * @param tableOffset where the table begins in it, a multiple of 8
 * @param pendingOffset where the pending bits begin in it, a multiple of 8
 */
public record PciMsixLayout(int vectors, int bar, long tableOffset, long pendingOffset) {
    /** The id of the capability. */
    public static final int CAPABILITY = 0x11;

    static final int ENTRY_SIZE = 16;

    /** Where message control is in the capability: after its id and link. */
    static final int CONTROL = 2;

    static final int FUNCTION_MASK = 1 << 14;
    static final int ENABLE = 1 << 15;

    /** Message control, and where table and pending bits are. */
    private static final int BODY_SIZE = Short.BYTES + 2 * Integer.BYTES;

    private static final int MOST_VECTORS = 2048;
    private static final int LAST_BAR = 5;
    private static final long OFFSET_BITS = 0xffff_fff8L;

    /** Refuses what no function can have. */
    public PciMsixLayout {
        if (vectors < 1 || vectors > MOST_VECTORS || bar < 0 || bar > LAST_BAR) {
            throw new IllegalArgumentException("no MSI-X [vectors=" + vectors + " bar=" + bar + "]");
        }
        if (((tableOffset | pendingOffset) & ~OFFSET_BITS) != 0) {
            throw new IllegalArgumentException(
                    "no MSI-X [tableOffset=" + tableOffset + " pendingOffset=" + pendingOffset + "]");
        }
        if (tableOf(tableOffset, vectors).overlaps(pendingOf(pendingOffset, vectors))) {
            throw new IllegalArgumentException("the table of MSI-X overlaps its pending bits");
        }
    }

    /** The table in the BAR. */
    public AddressRange table() {
        return tableOf(tableOffset, vectors);
    }

    /** The pending bits in the BAR. */
    public AddressRange pending() {
        return pendingOf(pendingOffset, vectors);
    }

    private static AddressRange tableOf(long offset, int vectors) {
        return new AddressRange(offset, (long) ENTRY_SIZE * vectors);
    }

    private static AddressRange pendingOf(long offset, int vectors) {
        return new AddressRange(offset, (vectors + Long.SIZE - 1L) / Long.SIZE * Long.BYTES);
    }

    /** The capability for the function's header. */
    public PciCapability capability() {
        byte[] body = new byte[BODY_SIZE];
        ByteBuffer.wrap(body)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) (vectors - 1))
                .putInt((int) tableOffset | bar)
                .putInt((int) pendingOffset | bar);
        byte[] writable = new byte[BODY_SIZE];
        ByteBuffer.wrap(writable).order(ByteOrder.LITTLE_ENDIAN).putShort((short) (ENABLE | FUNCTION_MASK));
        return PciCapability.writable(CAPABILITY, body, writable);
    }
}
