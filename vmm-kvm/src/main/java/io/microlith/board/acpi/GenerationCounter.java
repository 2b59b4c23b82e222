// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.board.acpi.aml.AmlDevice;
import io.microlith.board.acpi.aml.AmlIf;
import io.microlith.board.acpi.aml.AmlInteger;
import io.microlith.board.acpi.aml.AmlMethod;
import io.microlith.board.acpi.aml.AmlName;
import io.microlith.board.acpi.aml.AmlOperation;
import io.microlith.board.acpi.aml.AmlPackage;
import io.microlith.board.acpi.aml.AmlString;
import io.microlith.board.acpi.aml.AmlTerm;
import io.microlith.board.acpi.aml.AmlVariable;
import io.microlith.board.acpi.aml.NamePath;
import io.microlith.board.acpi.aml.ResourceTemplate;
import io.microlith.vmm.device.Interrupt;
import java.util.List;

/**
 * The Virtual Machine Generation ID, as Microsoft specified it, and an event device (section 5.6.9) whose interrupt
 * says that it changed.
 *
 * @param address the guest-physical address of its 16 bytes, a multiple of 8
 * @param interrupt comes when they are others
 */
public record GenerationCounter(long address, Interrupt interrupt) {
    private static final int ALIGNMENT = 8;
    private static final String PATH = "\\_SB.VGEN";

    /** What drivers are told: {@code Status Change}, of which each kind of device has its own idea. */
    private static final int CHANGED = 0x80;

    private static final int LOW_BITS = 32;
    private static final long LOW = (1L << LOW_BITS) - 1;

    /** Refuses a place that drivers would not take. */
    public GenerationCounter {
        if (address < 0 || address % ALIGNMENT != 0) {
            throw new IllegalArgumentException("address=0x" + Long.toHexString(address));
        }
    }

    List<AmlTerm> terms() {
        return List.of(counter(), events());
    }

    /** Drivers find it by the compatible id and the text, whatever its own id is. */
    private AmlTerm counter() {
        return AmlDevice.of(
                "VGEN",
                List.of(
                        AmlName.of("_HID", new AmlString("MLTH0002")),
                        AmlName.of("_CID", new AmlString("VM_Gen_Counter")),
                        AmlName.of("_DDN", new AmlString("VM_Gen_Counter")),
                        AmlName.of("_UID", 0),
                        AmlName.of(
                                "ADDR",
                                AmlPackage.of(new AmlInteger(address & LOW), new AmlInteger(address >>> LOW_BITS)))));
    }

    private AmlTerm events() {
        AmlTerm ours = AmlOperation.equal(AmlVariable.ARG0, new AmlInteger(interrupt.gsi()));
        AmlTerm tell = AmlOperation.notify(new NamePath(PATH), CHANGED);
        return AmlDevice.of(
                "GED0",
                List.of(
                        AmlName.of("_HID", new AmlString("ACPI0013")),
                        AmlName.of("_UID", 0),
                        AmlName.of("_CRS", new ResourceTemplate(List.of(DeviceNode.interrupt(interrupt)))),
                        new AmlMethod(new NamePath("_EVT"), 1, List.of(new AmlIf(ours, List.of(tell), List.of())))));
    }
}
