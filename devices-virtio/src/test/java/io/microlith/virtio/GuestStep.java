// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import java.util.List;

/** What a {@link HostileGuest} does. The order is that of the numbers in scripts. */
enum GuestStep {
    /** Writes registers. */
    STORE,
    /** Reads registers. */
    LOAD,
    /** Writes configuration space. */
    CONFIG,
    /** Writes a register that may ring. */
    POST,
    /** Brings the device to life as a good driver would. */
    BEGIN,
    /** Writes eight bytes of its memory. */
    LONG,
    /** Writes two bytes of its memory. */
    SHORT,
    /** Writes a descriptor that makes some sense. */
    DESCRIPTOR,
    /** Adds to the device status. */
    STATUS,
    /** Notifies of a queue. */
    RING;

    /** By their numbers in scripts. */
    private static final List<GuestStep> BY_NUMBER = List.of(values());

    /** The last number. */
    static final int LAST = BY_NUMBER.size() - 1;

    /** The most of a script. */
    static final int MOST = 400;

    /** Where the heap begins: the queue, and what good requests are made of. */
    static final long HEAP = 0x1_0000;

    /** How much of it a script can reach. */
    static final int HEAP_SIZE = 0x1_0000;

    /** The widths of accesses, by their numbers in scripts. */
    static final List<Integer> WIDTHS = List.of(4, 4, 4, 1, 2, 8);

    static GuestStep ofNumber(int number) {
        return BY_NUMBER.get(number);
    }

    int number() {
        return BY_NUMBER.indexOf(this);
    }
}
