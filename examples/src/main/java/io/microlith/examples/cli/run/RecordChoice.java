// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.examples.cli.command.UsageException;
import io.microlith.snapshot.AutomaticRecording;
import io.microlith.snapshot.Paging;
import io.microlith.snapshot.RestoreStrategy;
import io.microlith.snapshot.Snapshot;
import java.util.Arrays;
import java.util.Locale;

/** When {@code restore} writes down which memory a guest wants first. */
enum RecordChoice {
    /** When what is known has come to miss much. */
    AUTO,
    /** Then, and when nothing is known. */
    ALWAYS,
    /** Not at all. */
    NEVER;

    /** The option. */
    static final String OPTION = "--record";

    static RecordChoice parse(String name) {
        return Arrays.stream(values())
                .filter(choice -> choice.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException(OPTION + ": '" + name + "' is none of auto, always, never"));
    }

    /** The strategy that does that, and restores machines as another one does. */
    RestoreStrategy over(RestoreStrategy strategy, Snapshot snapshot) {
        if (this == NEVER || this == AUTO && !strategy.equals(RestoreStrategy.BEST)) {
            return strategy;
        }
        if (strategy.equals(RestoreStrategy.BEST)) {
            return this == AUTO || snapshot.hasWorkingSet()
                    ? AutomaticRecording.best(snapshot)
                    : new AutomaticRecording(snapshot, RestoreStrategy.DIRECT);
        }
        if (strategy instanceof Paging paging && !strategy.equals(RestoreStrategy.LAZY)) {
            return new AutomaticRecording(snapshot, paging);
        }
        throw new UsageException(OPTION + ": 'always' needs a strategy that prefetches, or best, and not " + strategy);
    }

    /** Its name in the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
