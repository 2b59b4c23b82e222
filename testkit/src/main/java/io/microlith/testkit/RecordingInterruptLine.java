// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.event.InterruptLine;

/** An interrupt line that remembers what was done with it. Any thread. */
public final class RecordingInterruptLine implements InterruptLine {
    private int triggers;
    private int rises;
    private boolean asserted;

    /** Makes a line that is low. */
    public RecordingInterruptLine() {}

    @Override
    public synchronized void trigger() {
        triggers++;
    }

    @Override
    public synchronized void setLevel(boolean level) {
        if (level && !asserted) {
            rises++;
        }
        asserted = level;
    }

    /** How often the line was triggered. */
    public synchronized int triggers() {
        return triggers;
    }

    /** How often the level went from low to high. */
    public synchronized int rises() {
        return rises;
    }

    /** The level last set. */
    public synchronized boolean isAsserted() {
        return asserted;
    }
}
