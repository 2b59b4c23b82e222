// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.boot;

import io.microlith.benchmarks.harness.BenchException;
import io.microlith.benchmarks.stats.PairedRatio;
import io.microlith.benchmarks.stats.Sample;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What rounds of starts of both VMMs printed, line by line: {@code boot NAME PROCESS RUN}, or {@code failed NAME}. A
 * round counts if both of it came as far as they should. For one thread.
 */
public final class BootTimes {
    private static final double MICROS_PER_SECOND = 1e6;

    /** Beyond this part of all rounds, failures are what is to be looked at, and not times. */
    private static final double MOST_FAILED = 0.25;

    /**
     * One boot up to init, in seconds.
     *
     * @param process from the start of the VMM's process
     * @param run from the moment the VMM lets the vCPU run
     */
    private record Boot(double process, double run) {}

    private final List<Boot> microlith = new ArrayList<>();
    private final List<Boot> qemu = new ArrayList<>();
    private final List<String> others = new ArrayList<>();
    private int rounds;
    private int failedMicrolith;
    private int failedQemu;

    // The two boots of a round.
    private int seen;
    private @Nullable Boot ours;
    private @Nullable Boot theirs;

    /** Begins with no rounds. */
    public BootTimes() {}

    /** Takes one line of output; what is no result is kept for error messages. Returns whether a round is over. */
    public boolean accept(String line) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
            case "boot" -> booted(words);
            case "failed" -> failed(words[1]);
            default -> {
                others.add(line);
                return false;
            }
        }
        if (++seen < 2) {
            return false;
        }
        endRound();
        return true;
    }

    private void booted(String[] words) {
        Boot boot = new Boot(seconds(words[2]), seconds(words[3]));
        if (words[1].equals("qemu")) {
            theirs = boot;
        } else {
            ours = boot;
        }
    }

    private static double seconds(String micros) {
        return Long.parseLong(micros) / MICROS_PER_SECOND;
    }

    private void failed(String vmm) {
        if (vmm.equals("qemu")) {
            failedQemu++;
        } else {
            failedMicrolith++;
        }
    }

    private void endRound() {
        Boot our = ours;
        Boot their = theirs;
        if (our != null && their != null) {
            microlith.add(our);
            qemu.add(their);
        }
        ours = null;
        theirs = null;
        seen = 0;
        rounds++;
    }

    /** Rounds that are over, those that do not count included. */
    public int rounds() {
        return rounds;
    }

    /** The boots of ours that ended before init. */
    public int failedMicrolith() {
        return failedMicrolith;
    }

    /** The boots of QEMU's that ended before init. */
    public int failedQemu() {
        return failedQemu;
    }

    /**
     * Refuses what says nothing about boot times.
     *
     * @throws BenchException if no round counts, or too many do not
     */
    public void check() {
        if (microlith.isEmpty() || rounds - microlith.size() > rounds * MOST_FAILED) {
            throw new BenchException("boot: of " + rounds + " rounds only " + microlith.size()
                    + " reached the guest's init under both VMMs: " + (others.isEmpty() ? "" : others.getLast()));
        }
    }

    /** From {@code KVM_RUN} to init. */
    public PairedRatio fromRun() {
        return ratio(
                microlith.stream().map(Boot::run).toList(),
                qemu.stream().map(Boot::run).toList());
    }

    /** From the start of the process to init. */
    public PairedRatio fromProcess() {
        return ratio(
                microlith.stream().map(Boot::process).toList(),
                qemu.stream().map(Boot::process).toList());
    }

    private static PairedRatio ratio(List<Double> subject, List<Double> baseline) {
        return new PairedRatio(new Sample(subject), new Sample(baseline));
    }
}
