// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.stats;

import java.util.ArrayList;
import java.util.List;

/** Has two programs do the same work in turns: A B, B A, A B and so on, so that no one is always second. */
public final class Turns {
    private final Side subject;
    private final Side baseline;

    /** Takes the program under measurement and the one it is compared with. */
    public Turns(Side subject, Side baseline) {
        this.subject = subject;
        this.baseline = baseline;
    }

    /**
     * Runs pairs whose times count.
     *
     * @param afterPair told after each pair
     */
    public PairedRatio measure(int pairs, Runnable afterPair) {
        List<Double> subjectTimes = new ArrayList<>(pairs);
        List<Double> baselineTimes = new ArrayList<>(pairs);
        for (int i = 0; i < pairs; i++) {
            if (i % 2 == 0) {
                subjectTimes.add(subject.run());
                baselineTimes.add(baseline.run());
            } else {
                baselineTimes.add(baseline.run());
                subjectTimes.add(subject.run());
            }
            afterPair.run();
        }
        return new PairedRatio(new Sample(subjectTimes), new Sample(baselineTimes));
    }
}
