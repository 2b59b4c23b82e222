// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.doctor;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The processors: how many, whether they virtualize by themselves, and whether guests may do so again. */
final class ProcessorCheck implements Check {
    private static final String NESTED_SUBJECT = "nesting";

    private final HostFiles host;
    private final int processors;

    ProcessorCheck(HostFiles host, int processors) {
        this.host = host;
        this.processors = processors;
    }

    @Override
    public List<Finding> findings() {
        Set<String> flags = flags();
        String extension = flags.contains("vmx") ? "vmx" : flags.contains("svm") ? "svm" : "";
        return List.of(virtualization(extension), nesting(extension));
    }

    private Finding virtualization(String extension) {
        String count = processors + (processors == 1 ? " processor" : " processors");
        if (!extension.isEmpty()) {
            return Finding.ok("processor", count + ", with " + extension);
        }
        return Finding.note(
                "processor",
                count + ", without vmx and svm: a KVM that opens is a software one",
                "switch virtualization on in the firmware, or nesting on in the hypervisor below, or use rig/run");
    }

    private Finding nesting(String extension) {
        String module = extension.equals("svm") ? "kvm_amd" : "kvm_intel";
        String value = host.text("sys/module/" + module + "/parameters/nested").orElse("");
        if (value.equals("1") || value.equals("Y")) {
            return Finding.ok(NESTED_SUBJECT, "guests can have KVM themselves");
        }
        return Finding.note(
                NESTED_SUBJECT,
                "guests cannot have KVM themselves",
                extension.isEmpty()
                        ? "needs a processor that virtualizes"
                        : "load the module with 'modprobe " + module + " nested=1'");
    }

    private Set<String> flags() {
        return host.lines("proc/cpuinfo").stream()
                .filter(line -> line.startsWith("flags"))
                .findFirst()
                .map(line -> Arrays.stream(line.split("\\s+")).collect(Collectors.toSet()))
                .orElse(Set.of());
    }
}
