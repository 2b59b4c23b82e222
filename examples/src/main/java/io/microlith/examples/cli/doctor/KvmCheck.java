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
            String message = String.valueOf(e.getMessage());
            // What opens KVM says how to mend it, after the last colon or semicolon of its message.
            return List.of(Finding.fail("KVM", message, "see there; without KVM no VM runs"));
        }
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
