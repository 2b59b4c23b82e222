// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How long a machine took, phase by phase: to be found, to be built, to run, and to answer.
 *
 * @param open until what was saved of it had been read and checked, but for its memory; for all machines of one
 *     {@link Restoration} the same, and zero for one that is new
 * @param memory until its memory was there, with what was read of it before
 * @param workingSet of that, until what its guest will want first had been read and was in its place: the part of a
 *     restored machine's memory that was known to be wanted. Empty if there was no such part, or while that goes on,
 *     which it may when the machine runs already
 * @param hypervisor until there was a VM with that memory and what has to be there before devices are
 * @param devices until there were devices, in the state that was saved; vCPUs are made and readied meanwhile
 * @param processors what else had to be waited for until vCPUs, interrupt controllers and what is to be started were
 *     ready, and what was prefetched was mapped for the guest
 * @param start from {@link Vm#start} until the first vCPU went into the guest, for its first instruction; empty until
 *     it has
 * @param response from then until the guest's first response: the first time that the guest
 *     ({@link io.microlith.vmm.device.VmControl#responded}) or the embedder ({@link Vm#responded}) said that there was
 *     one; empty until then
 */
public record VmTimings(
        Duration open,
        Duration memory,
        Optional<Duration> workingSet,
        Duration hypervisor,
        Duration devices,
        Duration processors,
        Optional<Duration> start,
        Optional<Duration> response) {
    /** All that it took to build it, of what had been opened before. */
    public Duration build() {
        return memory.plus(hypervisor).plus(devices).plus(processors);
    }

    /**
     * In milliseconds, what there is: {@code open 1.1 ms, memory 30.2 ms (working set 28.4 ms), hypervisor 0.4 ms,
     * devices 0.3 ms, processors 0.1 ms, start 0.1 ms, response 14.9 ms}.
     */
    @Override
    public String toString() {
        return (open.isZero() ? "" : "open " + millis(open) + ", ")
                + "memory " + millis(memory)
                + workingSet.map(time -> " (working set " + millis(time) + ")").orElse("")
                + ", hypervisor " + millis(hypervisor) + ", devices " + millis(devices)
                + ", processors " + millis(processors)
                + start.map(time -> ", start " + millis(time)).orElse("")
                + response.map(time -> ", response " + millis(time)).orElse("");
    }

    private static String millis(Duration time) {
        return String.format(Locale.ROOT, "%.1f ms", time.toNanos() / 1e6);
    }
}
