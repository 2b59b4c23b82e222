// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

/** The part of the configuration that changes while the device lives. Any thread. */
final class BalloonRegisters {
    private volatile int actual;
    private volatile int poison;
    private volatile int command;

    /** The pages that the driver says are in the balloon. */
    int actual() {
        return actual;
    }

    void actual(int pages) {
        actual = pages;
    }

    /** What the driver fills free pages with. */
    int poison() {
        return poison;
    }

    void poison(int pattern) {
        poison = pattern;
    }

    /** What the driver is to do about free page hints. */
    int command() {
        return command;
    }

    void command(int number) {
        command = number;
    }

    void reset() {
        actual = 0;
        poison = 0;
        command = 0;
    }
}
