// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.kvm.KvmStatistics;
import io.microlith.kvm.KvmVcpu;
import io.microlith.kvm.KvmVm;
import io.microlith.vmm.Vm;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a run cost: its time, and KVM's own counters, those of all vCPUs added up. One thread. */
final class RunStatistics {
    private static final double NANOS_PER_SECOND = 1e9;

    private final List<KvmStatistics> sources = new ArrayList<>();
    private final Map<String, Long> counts = new TreeMap<>();
    private long begin;
    private double seconds;
    private @Nullable Vm machine;

    /** The run begins. The counters are opened now, since they cannot be after the VM is closed. */
    void begin(Vm vm) {
        machine = vm;
        if (vm.hypervisorVm() instanceof KvmVm kvm) {
            kvm.vcpus().stream().map(KvmVcpu::statistics).forEach(found -> found.ifPresent(sources::add));
        }
        begin = System.nanoTime();
    }

    /** The run is over. */
    void end() {
        seconds = (System.nanoTime() - begin) / NANOS_PER_SECOND;
        for (KvmStatistics source : sources) {
            source.all().forEach((name, value) -> {
                if (source.descriptor(name).kind() == KvmStatistics.Kind.CUMULATIVE) {
                    counts.merge(name, value, Long::sum);
                }
            });
            source.close();
        }
    }

    /** Prints a table, the largest counts first. */
    void print(PrintStream to) {
        to.printf("%12.3f  seconds%n", seconds);
        if (machine != null) {
            to.println("              before: " + machine.timings());
        }
        counts.entrySet().stream()
                .filter(count -> count.getValue() != 0)
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .forEach(count -> to.printf("%12d  %s%n", count.getValue(), count.getKey()));
    }
}
