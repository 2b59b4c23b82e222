// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.board.acpi.aml.ByteOutput;

/**
 * Where configuration space is mapped into memory (PCI Firmware Specification 3.2, section 4.1.2).
 *
 * @param base the guest-physical address of bus 0
 * @param lastBus the last bus that is mapped
 */
record Mcfg(long base, int lastBus) implements AcpiTable {
    @Override
    public String signature() {
        return "MCFG";
    }

    @Override
    public int revision() {
        return 1;
    }

    @Override
    public void body(ByteOutput out) {
        out.putLong(0);
        out.putLong(base).putShort(0).putByte(0).putByte(lastBus).putInt(0);
    }
}
