// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.board.acpi.aml.ByteOutput;
import java.util.List;

/**
 * The list of tables (section 5.2.8).
 *
 * @param tables their guest-physical addresses
 */
record Xsdt(List<Long> tables) implements AcpiTable {
    @Override
    public String signature() {
        return "XSDT";
    }

    @Override
    public int revision() {
        return 1;
    }

    @Override
    public void body(ByteOutput out) {
        tables.forEach(out::putLong);
    }
}
