// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.doctor;

import io.microlith.vmm.Capability;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.error.VmmException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** KVM: whether it opens, whether a VM can be made, and which of the optional capabilities it lacks. */
final class KvmCheck implements Check {
    private final Supplier<Hypervisor> opener;

    KvmCheck(Supplier<Hypervisor> opener) {
        this.opener = opener;
    }

    @Override
    public List<Finding> findings() {
        try (Hypervisor kvm = opener.get()) {
            kvm.createVm("doctor").close();
            return List.of(
                    Finding.ok("KVM", "opens, and makes VMs of up to " + kvm.maxVcpus() + " vCPUs"), capabilities(kvm));
        } catch (VmmException e) {
            return List.of(failure(String.valueOf(e.getMessage())));
        }
    }

    /** Where KVM is not there or may not be used, the message says how to mend it, behind the first semicolon. */
    private static Finding failure(String message) {
        int remedy = message.indexOf("; ");
        return remedy < 0
                ? Finding.fail("KVM", message, "do as it says; without KVM no VM runs")
                : Finding.fail("KVM", message.substring(0, remedy), message.substring(remedy + 2));
    }

    private static Finding capabilities(Hypervisor kvm) {
        List<String> missing = new ArrayList<>();
        for (Capability capability : Capability.values()) {
            if (!kvm.supports(capability)) {
                missing.add(capability.name());
            }
        }
        return missing.isEmpty()
                ? Finding.ok("capabilities", "all that can speed a VM up")
                : Finding.note(
                        "capabilities",
                        "without " + String.join(", ", missing) + ": slower ways to the same results are taken",
                        "run a newer Linux kernel");
    }
}
