// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.device;

import io.microlith.benchmarks.harness.BenchException;
import io.microlith.benchmarks.stats.PairedRatio;
import io.microlith.benchmarks.stats.Sample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What {@code two-guests.sh} printed, line by line. For one thread. */
final class LoadTurns {
    private static final double MICROS_PER_SECOND = 1e6;
    private static final double THOUSAND = 1e3;

    /** The words of a line: {@code load NAME ORDER PAIR WORK MICROS EXITS}. */
    private static final int WORDS = 7;

    /**
     * One turn of one guest.
     *
     * @param work what it did, in the load's own unit
     * @param seconds in how long
     * @param exits its exits to user space meanwhile
     */
    private record Turn(double work, double seconds, double exits) {}

    /** By order, the turns of each VMM by pair. */
    private final Map<String, Map<String, Map<Integer, Turn>>> turns = new HashMap<>();

    private String last = "nothing at all";
    private int count;

    /** Takes one line of output; of what is no result, the last is kept for error messages. */
    void accept(String line) {
        String[] words = line.split(" ", -1);
        if (!words[0].equals("load") || words.length != WORDS) {
            last = line;
            return;
        }
        Turn turn = new Turn(
                Long.parseLong(words[4]), Long.parseLong(words[5]) / MICROS_PER_SECOND, Long.parseLong(words[6]));
        turns.computeIfAbsent(words[2], _ -> new HashMap<>())
                .computeIfAbsent(words[1], _ -> new TreeMap<>())
                .put(Integer.parseInt(words[3]), turn);
        count++;
    }

    /** How many turns are over. */
    int count() {
        return count;
    }

    /**
     * The work of a second, both VMMs' divided pair by pair.
     *
     * @param order the order as it was given, with colons between its words
     * @param unit how much work is one of the unit to report
     * @throws BenchException if there are no pairs
     */
    PairedRatio throughput(String order, double unit) {
        return new PairedRatio(rates(order, "microlith", unit), rates(order, "qemu", unit));
    }

    /**
     * The geometric mean of two throughputs, pair by pair: what a pair did in one of the two is weighed as what it did
     * in the other, however much faster it goes.
     */
    static PairedRatio mean(PairedRatio one, PairedRatio other) {
        return new PairedRatio(mean(one.subject(), other.subject()), mean(one.baseline(), other.baseline()));
    }

    private static Sample mean(Sample one, Sample other) {
        return new Sample(IntStream.range(0, one.size())
                .mapToObj(i -> Math.sqrt(one.values().get(i) * other.values().get(i)))
                .toList());
    }

    private Sample rates(String order, String vmm, double unit) {
        return new Sample(turns(order, vmm).stream()
                .map(turn -> turn.work() / turn.seconds() / unit)
                .toList());
    }

    /**
     * Exits to user space for a thousand pieces of work, for a report.
     *
     * @param piece how much work is one piece
     */
    Map<String, Double> exits(String order, double piece) {
        return Map.of(
                "exits per 1000, microlith",
                exits(order, "microlith", piece),
                "exits per 1000, qemu",
                exits(order, "qemu", piece));
    }

    private double exits(String order, String vmm, double piece) {
        double work = 0;
        double exits = 0;
        for (Turn turn : turns(order, vmm)) {
            work += turn.work();
            exits += turn.exits();
        }
        // What the console's part is taken to be, it is on average.
        return Math.max(0, exits) / (work / piece) * THOUSAND;
    }

    private List<Turn> turns(String order, String vmm) {
        Map<Integer, Turn> found = turns.getOrDefault(order, Map.of()).getOrDefault(vmm, Map.of());
        if (found.isEmpty()) {
            throw new BenchException("no guest under " + vmm + " did '" + order + "'; the rig's last words: " + last);
        }
        return List.copyOf(found.values());
    }
}
