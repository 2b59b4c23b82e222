// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import java.util.BitSet;

/**
 * A device's interrupts, which wait while it is paused: an interrupt that reached the controllers then would be lost
 * when their state is put back, or be missing in the one that was taken. With the device's lock held.
 */
final class PausableInterrupts implements VirtioInterrupts {
    private final VirtioInterrupts interrupts;
    private final BitSet queues = new BitSet();
    private boolean config;
    private boolean paused;

    PausableInterrupts(VirtioInterrupts interrupts) {
        this.interrupts = interrupts;
    }

    void pause() {
        paused = true;
    }

    /** Signals what waited. */
    void resume() {
        paused = false;
        queues.stream().forEach(interrupts::signalQueue);
        queues.clear();
        if (config) {
            config = false;
            interrupts.signalConfig();
        }
    }

    @Override
    public void signalQueue(int queue) {
        if (paused) {
            queues.set(queue);
        } else {
            interrupts.signalQueue(queue);
        }
    }

    @Override
    public void signalConfig() {
        if (paused) {
            config = true;
        } else {
            interrupts.signalConfig();
        }
    }
}
