// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How long a machine took, phase by phase: to be built, and to run.
 *
 * @param memory until its memory was there, with what was read of it before
 * @param hypervisor until there was a VM with that memory and what has to be there before devices are
 * @param devices until there were devices; vCPUs are made and readied meanwhile
 * @param processors what else had to be waited for until vCPUs, interrupt controllers and what is to be started were
 *     ready
 * @param start from {@link Vm#start} until the first vCPU went into the guest; empty until it has
 */
public record VmTimings(
        Duration memory, Duration hypervisor, Duration devices, Duration processors, Optional<Duration> start) {
    /** All that it took to build it. */
    public Duration build() {
        return memory.plus(hypervisor).plus(devices).plus(processors);
    }

    /** In milliseconds: {@code memory 0.2 ms, hypervisor 0.4 ms, devices 0.3 ms, processors 0.1 ms, start 0.1 ms}. */
    @Override
    public String toString() {
        return "memory " + millis(memory) + ", hypervisor " + millis(hypervisor) + ", devices " + millis(devices)
                + ", processors " + millis(processors)
                + start.map(time -> ", start " + millis(time)).orElse("");
    }

    private static String millis(Duration time) {
        return String.format(Locale.ROOT, "%.1f ms", time.toNanos() / 1e6);
    }
}
