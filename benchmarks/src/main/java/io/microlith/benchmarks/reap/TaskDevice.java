// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.reap;

import io.microlith.benchmarks.guest.Moment;
import io.microlith.vmm.bus.PioDevice;

/** Gives the guest one task, and takes its answer; or gives none. */
final class TaskDevice implements PioDevice {
    private static final int PATIENCE_SECONDS = 300;

    private final Moment question = new Moment("ask", PATIENCE_SECONDS);
    private final Moment answering = new Moment("answer", PATIENCE_SECONDS);
    private int task;
    private volatile int answer;

    /** Without a task. */
    TaskDevice() {}

    /** With the task at an address. */
    TaskDevice(long gpa) {
        task = Math.toIntExact(gpa);
    }

    void awaitQuestion() {
        var _ = question.await();
    }

    /** Waits for the answer and returns when it came, as {@link System#nanoTime} counts. */
    long awaitAnswer() {
        return answering.await();
    }

    /** What the guest answered. */
    int answer() {
        return answer;
    }

    @Override
    public int read(int offset, int size) {
        question.happen();
        int now = task;
        task = 0;
        return now;
    }

    @Override
    public void write(int offset, int size, int value) {
        answer = value;
        answering.happen();
    }
}
