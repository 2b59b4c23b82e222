// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.doctor;

import io.microlith.kvm.HostProfile;
import io.microlith.kvm.KvmHypervisor;
import io.microlith.kvm.KvmKind;
import io.microlith.kvm.abi.KvmCap;
import io.microlith.vmm.error.VmmException;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * KVM: whether it opens, whether a VM can be made, how it runs a guest's kernel, and which of the optional capabilities
 * it lacks.
 */
final class KvmCheck implements Check {
    private final Supplier<KvmHypervisor> opener;

    KvmCheck(Supplier<KvmHypervisor> opener) {
        this.opener = opener;
    }

    @Override
    public List<Finding> findings() {
        try (KvmHypervisor kvm = opener.get()) {
            HostProfile host = HostProfile.probe(kvm);
            return List.of(
                    Finding.ok("KVM", "opens, and makes VMs of up to " + kvm.maxVcpus() + " vCPUs"),
                    kind(host.kind()),
                    capabilities(host));
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

    private static Finding kind(KvmKind kind) {
        return switch (kind) {
            case HARDWARE -> Finding.ok("guests", "run in hardware, kernel and programs");
            case SOFTWARE ->
                Finding.note(
                        "guests",
                        "run without virtualization hardware: programs at full speed, kernels instruction by instruction"
                                + " (a Linux guest takes very long to boot)",
                        "switch virtualization on in the firmware, or nesting on in the hypervisor below, or use rig/run");
        };
    }

    private static Finding capabilities(HostProfile host) {
        String missing = host.missing().stream().map(KvmCap::name).collect(Collectors.joining(", "));
        return missing.isEmpty()
                ? Finding.ok("capabilities", "all that can speed a VM up")
                : Finding.note(
                        "capabilities",
                        "without " + missing + ": slower ways to the same results are taken, where there are any",
                        "run a newer Linux kernel");
    }
}
