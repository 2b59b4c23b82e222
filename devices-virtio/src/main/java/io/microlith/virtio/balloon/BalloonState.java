// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import io.microlith.virtio.VirtioState;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * A balloon. Which pages are in it, its driver knows.
 *
 * @param virtio its transport and queues
 * @param target how many pages shall be in it
 * @param actual how many the driver says are in it
 * @param poison what the driver fills free pages with
 * @param command what the driver is to do about free page hints
 * @param hinting 1 while a round of hints is under way
 */
public record BalloonState(VirtioState virtio, long target, int actual, int poison, int command, int hinting)
        implements DeviceState {
    /** The version of this record's format. */
    public static final int VERSION = 1;

    private static final long MOST_PAGES = 0xffff_ffffL;

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putState(1, virtio)
                .putLong(2, target)
                .putLong(3, actual)
                .putLong(4, poison)
                .putLong(5, command)
                .putLong(6, hinting);
    }

    static BalloonState read(StateReader reader) {
        return new BalloonState(
                VirtioState.read(reader.getState(1)),
                reader.getLong(2, 0),
                reader.getInt(3, 0),
                reader.getInt(4, 0),
                reader.getInt(5, 0),
                reader.getInt(6, 0));
    }

    /** Returns this state if a balloon can be in it. */
    BalloonState checked() {
        StateCheck.of("BalloonState")
                .inRange("target", target, 0, MOST_PAGES)
                .inRange("command", command, 0, Integer.MAX_VALUE)
                .inRange("hinting", hinting, 0, command >= BalloonLayout.FIRST_ROUND ? 1 : 0);
        return this;
    }
}
