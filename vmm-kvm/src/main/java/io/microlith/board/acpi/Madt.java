// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.board.acpi.aml.ByteOutput;
import io.microlith.vmm.device.Trigger;
import java.util.List;

/**
 * The interrupt controllers (section 5.2.12).
 *
 * @param processors in the order in which the namespace numbers them
 * @param controllers the controllers
 */
record Madt(List<Processor> processors, InterruptControllers controllers) implements AcpiTable {
    private static final int HAS_LEGACY_CONTROLLERS = 1;
    private static final int LOCAL_APIC = 0;
    private static final int IO_APIC = 1;
    private static final int OVERRIDE = 2;
    private static final int LOCAL_APIC_NMI = 4;
    private static final int LOCAL_X2APIC = 9;
    private static final int LOCAL_X2APIC_NMI = 10;

    private static final int ENABLED = 1;
    private static final int ISA_BUS = 0;
    /** Active high and level-triggered; zero is what the bus usually does, which for ISA is edge. */
    private static final int ACTIVE_HIGH_LEVEL = 0xd;

    private static final int NMI_PIN = 1;
    /** The largest number of a processor that the narrow structures have; 255 means all. */
    private static final int LAST_NARROW_UID = 254;

    @Override
    public String signature() {
        return "APIC";
    }

    @Override
    public int revision() {
        return 5;
    }

    @Override
    public void body(ByteOutput out) {
        out.putInt((int) controllers.localApic());
        out.putInt(controllers.legacy() == InterruptControllers.Legacy.PRESENT ? HAS_LEGACY_CONTROLLERS : 0);
        for (int uid = 0; uid < processors.size(); uid++) {
            processor(out, uid);
        }
        out.putByte(IO_APIC).putByte(12).putByte(controllers.ioApicId()).putByte(0);
        out.putInt((int) controllers.ioApic()).putInt(0);
        controllers.overrides().forEach(override -> override(out, override));
        nonMaskable(out);
    }

    private void processor(ByteOutput out, int uid) {
        int apicId = processors.get(uid).apicId();
        if (isNarrow(uid)) {
            out.putByte(LOCAL_APIC).putByte(8).putByte(uid).putByte(apicId).putInt(ENABLED);
        } else {
            out.putByte(LOCAL_X2APIC).putByte(16).putShort(0);
            out.putInt(apicId).putInt(ENABLED).putInt(uid);
        }
    }

    private static void override(ByteOutput out, InterruptOverride override) {
        out.putByte(OVERRIDE).putByte(10).putByte(ISA_BUS).putByte(override.irq());
        out.putInt(override.input().gsi());
        out.putShort(override.input().trigger() == Trigger.LEVEL ? ACTIVE_HIGH_LEVEL : 0);
    }

    /** The second local pin of every processor takes non-maskable interrupts, as on any PC. */
    private void nonMaskable(ByteOutput out) {
        out.putByte(LOCAL_APIC_NMI).putByte(6).putByte(0xff).putShort(0).putByte(NMI_PIN);
        boolean anyWide = false;
        for (int uid = 0; uid < processors.size(); uid++) {
            anyWide |= !isNarrow(uid);
        }
        if (anyWide) {
            out.putByte(LOCAL_X2APIC_NMI).putByte(12).putShort(0).putInt(-1);
            out.putByte(NMI_PIN).putZeros(3);
        }
    }

    private boolean isNarrow(int uid) {
        return uid <= LAST_NARROW_UID && !processors.get(uid).needsX2Apic();
    }
}
