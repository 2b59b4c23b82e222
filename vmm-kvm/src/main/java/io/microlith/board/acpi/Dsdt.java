// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.board.acpi.aml.AmlDevice;
import io.microlith.board.acpi.aml.AmlInteger;
import io.microlith.board.acpi.aml.AmlName;
import io.microlith.board.acpi.aml.AmlPackage;
import io.microlith.board.acpi.aml.AmlScope;
import io.microlith.board.acpi.aml.AmlString;
import io.microlith.board.acpi.aml.AmlTerm;
import io.microlith.board.acpi.aml.ByteOutput;
import io.microlith.vmm.device.FirmwareNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The description of the board as AML (section 5.2.11.1): how to switch off, and the devices in the scope {@code \_SB}.
 *
 * @param plan what there is
 */
record Dsdt(AcpiPlan plan) implements AcpiTable {
    @Override
    public String signature() {
        return "DSDT";
    }

    /** From revision 2 on, numbers in AML have 64 bits. */
    @Override
    public int revision() {
        return 2;
    }

    @Override
    public void body(ByteOutput out) {
        softOff().encode(out);
        List<AmlTerm> system = new ArrayList<>();
        plan.pci().ifPresent(root -> system.addAll(new PciRootNode(root).terms()));
        plan.generation().ifPresent(counter -> system.addAll(counter.terms()));
        for (int uid = 0; uid < plan.processors().size(); uid++) {
            system.add(processor(uid));
        }
        system.addAll(nodes());
        AmlScope.of("\\_SB", system).encode(out);
    }

    /** Soft off: the sleep types for two control registers, of which there is one, and two reserved numbers. */
    private AmlTerm softOff() {
        AmlInteger type = new AmlInteger(plan.hardware().sleepType());
        return AmlName.of("\\_S5", AmlPackage.of(type, type, AmlInteger.ZERO, AmlInteger.ZERO));
    }

    private static AmlTerm processor(int uid) {
        return AmlDevice.of(
                "C%03X".formatted(uid),
                List.of(AmlName.of("_HID", new AmlString("ACPI0007")), AmlName.of("_UID", uid)));
    }

    /** Devices of one id are counted, so that the guest can tell them apart. */
    private List<AmlTerm> nodes() {
        Map<String, Integer> counts = new HashMap<>();
        List<AmlTerm> terms = new ArrayList<>();
        for (FirmwareNode node : plan.nodes()) {
            int uid = counts.merge(node.hardwareId(), 1, Integer::sum) - 1;
            terms.add(new DeviceNode(node, "D%03X".formatted(terms.size()), uid).device());
        }
        return terms;
    }
}
