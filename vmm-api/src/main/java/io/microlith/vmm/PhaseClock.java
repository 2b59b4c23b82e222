// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

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

    /** Written by who is the first to say that there was a response; zero until then. */
    private final AtomicLong responded = new AtomicLong();

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

    /**
     * The guest has responded. Any thread.
     *
     * @return whether it is the first time; never before a vCPU was in the guest
     */
    boolean respond() {
        return entered != 0 && responded.compareAndSet(0, Math.max(1, System.nanoTime()));
    }

    /**
     * What was timed so far.
     *
     * @param open what opening it took, before this clock began
     * @param workingSet what its memory says of that
     */
    VmTimings timings(Duration open, Optional<Duration> workingSet) {
        return new VmTimings(
                open,
                of(Phase.MEMORY),
                workingSet,
                of(Phase.HYPERVISOR),
                of(Phase.DEVICES),
                of(Phase.PROCESSORS),
                between(started, entered),
                between(entered, responded.get()));
    }

    private static Optional<Duration> between(long from, long to) {
        return to == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(Math.max(0, to - from)));
    }

    private Duration of(Phase phase) {
        return times.getOrDefault(phase, Duration.ZERO);
    }
}
