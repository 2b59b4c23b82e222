// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

/** What a port and its driver told each other, and what the driver is still to be told. */
final class PortFlags {
    /** To be told: that there is the port. */
    static final int ADD = 1;
    /** To be told: that it is the terminal's. */
    static final int CONSOLE = 1 << 1;
    /** To be told: its name. */
    static final int NAME = 1 << 2;
    /** The driver has the port. */
    static final int READY = 1 << 3;
    /** A program of the guest has it open. */
    static final int GUEST_OPEN = 1 << 4;
    /** The driver was told that the host has it open, and not that it has closed it. */
    static final int TOLD_OPEN = 1 << 5;

    static final int ALL = ADD | CONSOLE | NAME | READY | GUEST_OPEN | TOLD_OPEN;

    private PortFlags() {}
}
