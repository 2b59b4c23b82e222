// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Takes the time of a machine's phases, which are ended in the order of their declaration. */
final class PhaseClock {
    /** What is timed. */
    enum Phase {
        MEMORY,
        HYPERVISOR,
        DEVICES,
        PROCESSORS
    }

    private final Map<Phase, Duration> times = new EnumMap<>(Phase.class);
    private long begin = System.nanoTime();

    /** Written by who starts the machine. */
    private volatile long started;

    /** Written by the first vCPU's thread that goes into the guest; zero until then. */
    private volatile long entered;

    /** A phase is over, and the next begins. By the thread that builds the machine. */
    void end(Phase phase) {
        long now = System.nanoTime();
        times.put(phase, Duration.ofNanos(now - begin));
        begin = now;
    }

    /** The machine is about to be started. */
    void start() {
        started = System.nanoTime();
    }

    /**
     * A vCPU is about to go into the guest.
     *
     * @return whether it is the first time, of two at once perhaps for both
     */
    boolean enter() {
        if (entered != 0) {
            return false;
        }
        entered = System.nanoTime();
        return true;
    }

    VmTimings timings() {
        long first = entered;
        return new VmTimings(
                of(Phase.MEMORY),
                of(Phase.HYPERVISOR),
                of(Phase.DEVICES),
                of(Phase.PROCESSORS),
                first == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(Math.max(0, first - started))));
    }

    private Duration of(Phase phase) {
        return times.getOrDefault(phase, Duration.ZERO);
    }
}
