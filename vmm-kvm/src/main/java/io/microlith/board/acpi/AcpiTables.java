// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.board.acpi.aml.ByteOutput;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.List;

/**
 * Lays a board's ACPI tables out in guest memory (chapter 5 of the ACPI specification, version 6.3).
 *
 * <p>The root pointer comes first, so that a guest that looks for it at each 16th byte of the area finds it; then the
 * tables, each aligned, none overlapping another.
 */
public final class AcpiTables {
    private static final int TABLE_ALIGNMENT = 16;
    private static final long FOUR_GIB = 1L << 32;

    private final AddressRange area;
    private final ByteOutput out = new ByteOutput();

    private AcpiTables(AddressRange area) {
        this.area = area;
    }

    /**
     * Makes the tables of a board.
     *
     * @param plan what the board has
     * @param area where the tables are to be: RAM below 4 GiB that the guest is told to keep its hands off, from a
     *     multiple of 64 on. A guest that has no other hint looks at 0xe0000 to 0xfffff
     * @throws ConfigException if the area is too small or out of place
     * @throws IllegalArgumentException if a device describes itself by what ACPI has no words for, such as an id that
     *     is none or a resource that is nowhere
     */
    public static AcpiImage build(AcpiPlan plan, AddressRange area) {
        if (area.base() % Facs.SIZE != 0 || area.last() >= FOUR_GIB) {
            throw new ConfigException(
                    "acpi", "no tables at " + area + ": a multiple of " + Facs.SIZE + ", below 4 GiB");
        }
        AcpiTables tables = new AcpiTables(area);
        byte[] image = tables.layOut(plan);
        if (image.length > area.size()) {
            throw new ConfigException(
                    "acpi",
                    "the tables take " + image.length + " bytes and there is room for " + area.size() + " at " + area
                            + ": take fewer vCPUs or devices");
        }
        return new AcpiImage(area.base(), image);
    }

    private byte[] layOut(AcpiPlan plan) {
        place(new byte[Rsdp.SIZE], Facs.SIZE);
        long facs = place(new Facs().toBytes(), Facs.SIZE);
        long dsdt = place(new Dsdt(plan).toBytes(), TABLE_ALIGNMENT);
        List<AcpiTable> tables = new ArrayList<>();
        tables.add(new Fadt(plan.hardware(), (int) facs, (int) dsdt));
        tables.add(new Madt(plan.processors(), plan.interrupts()));
        if (!plan.memory().isEmpty()) {
            tables.add(new Srat(plan.processors(), plan.memory()));
        }
        plan.pci().ifPresent(root -> root.ecam().ifPresent(ecam -> tables.add(new Mcfg(ecam.base(), root.lastBus()))));
        List<Long> addresses = new ArrayList<>();
        tables.forEach(table -> addresses.add(place(table.toBytes(), TABLE_ALIGNMENT)));
        long xsdt = place(new Xsdt(addresses).toBytes(), TABLE_ALIGNMENT);
        byte[] image = out.toByteArray();
        System.arraycopy(new Rsdp(xsdt).toBytes(), 0, image, 0, Rsdp.SIZE);
        return image;
    }

    /** Appends bytes at the next multiple of {@code alignment} and returns the guest-physical address of the first. */
    private long place(byte[] bytes, int alignment) {
        out.putZeros(-out.size() & alignment - 1);
        long address = area.base() + out.size();
        out.putBytes(bytes);
        return address;
    }
}
