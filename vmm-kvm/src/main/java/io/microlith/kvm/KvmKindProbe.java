// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.vmm.ExitReason;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.HypervisorException;
import io.microlith.vmm.memory.MappedMemory;
import io.microlith.vmm.memory.PageBacking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds out how a KVM runs kernel code: a guest executes a number of NOPs at level 0, and KVM's own counter says
 * whether it emulated them. A count, so that a busy host changes nothing. Where KVM keeps no counters, the host's
 * processor says whether it has virtualization hardware.
 */
final class KvmKindProbe {
    private static final int NOPS = 64;

    /** {@code out 0x10, al}. */
    private static final String OUT = "e610";

    private static final long CODE = 0x1000;
    private static final long RAM = 0x2000;
    private static final long CR0_PE_ET = 0x11;
    private static final String COUNTER = "insn_emulation";

    private KvmKindProbe() {}

    static KvmKind probe(KvmHypervisor kvm) {
        try (MappedMemory memory = MappedMemory.map("probe", List.of(new AddressRange(0, RAM)), PageBacking.SMALL);
                KvmVm vm = kvm.createVm("probe")) {
            vm.attachMemory(memory.memory());
            memory.memory().write(CODE, HexFormat.of().parseHex("90".repeat(NOPS) + OUT));
            try (KvmVcpu vcpu = vm.createVcpu(0)) {
                return probe(vcpu);
            }
        }
    }

    private static KvmKind probe(KvmVcpu vcpu) {
        KvmSpecialRegisters special = new KvmSpecialRegisters().load(vcpu);
        special.cs(Segment.code32(0x8))
                .dataSegments(Segment.data(0x10))
                .cr0(CR0_PE_ET)
                .store(vcpu);
        new KvmRegisters().rip(CODE).store(vcpu);
        try (KvmStatistics statistics = vcpu.statistics().orElse(null)) {
            if (statistics == null || !statistics.names().contains(COUNTER)) {
                return byProcessor();
            }
            long before = statistics.value(COUNTER);
            ExitReason reason = vcpu.run();
            if (reason != ExitReason.PIO) {
                throw new HypervisorException("this host's KVM does not run the simplest guest: "
                        + vcpu.fault().reason());
            }
            return statistics.value(COUNTER) - before >= NOPS ? KvmKind.SOFTWARE : KvmKind.HARDWARE;
        }
    }

    private static KvmKind byProcessor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            boolean hardware = lines.filter(line -> line.startsWith("flags"))
                    .limit(1)
                    .anyMatch(line -> line.matches(".*\\b(vmx|svm)\\b.*"));
            return hardware ? KvmKind.HARDWARE : KvmKind.SOFTWARE;
        } catch (IOException e) {
            throw new HypervisorException("cannot read /proc/cpuinfo, to see how KVM runs guests: " + e, e);
        }
    }
}
