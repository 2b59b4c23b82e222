// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.virtio.console.TerminalSize.Cells;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a port and its driver tell each other in control messages. What the driver is still to be told is no list of
 * messages but the difference between what is and what it was told: so it is bounded, however long the driver takes no
 * message. On the device's loop.
 */
final class PortDialogue {
    private static final byte[] NOTHING = {};

    private final int index;
    private final String name;
    private final Kind kind;
    private int flags;
    private Cells toldSize = Cells.UNKNOWN;

    /** What is at a port's place. */
    enum Kind {
        /** The terminal. */
        TERMINAL,
        /** A port with a name. */
        NAMED,
        /** Nothing: this is the terminal's place on a device without one. */
        ABSENT
    }

    PortDialogue(int index, String name, Kind kind) {
        this.index = index;
        this.name = name;
        this.kind = kind;
    }

    int flags() {
        return flags;
    }

    void restore(int saved) {
        flags = saved;
    }

    /** Forgets the driver. */
    void reset() {
        flags = 0;
        toldSize = Cells.UNKNOWN;
    }

    /** Whether a program of the guest has the port open. */
    boolean isGuestOpen() {
        return has(PortFlags.GUEST_OPEN);
    }

    /** The driver wants to hear what ports there are. */
    void deviceReady() {
        reset();
        if (kind != Kind.ABSENT) {
            flags = PortFlags.ADD;
        }
    }

    /** The driver has the port, and wants to hear of it. */
    void portReady() {
        reset();
        flags = PortFlags.READY | (kind == Kind.TERMINAL ? PortFlags.CONSOLE : PortFlags.NAME);
    }

    void guestOpened() {
        flags |= PortFlags.GUEST_OPEN;
    }

    void guestClosed() {
        flags &= ~PortFlags.GUEST_OPEN;
    }

    /**
     * The next message to the driver, which has been told with that.
     *
     * @param host how the host's end is
     * @param size how large the terminal is
     */
    byte @Nullable [] next(HostEnd host, Cells size) {
        if (take(PortFlags.ADD)) {
            return message(ConsoleLayout.PORT_ADD, 1, NOTHING);
        }
        if (!has(PortFlags.READY)) {
            return null;
        }
        if (take(PortFlags.CONSOLE)) {
            return message(ConsoleLayout.CONSOLE_PORT, 1, NOTHING);
        }
        if (take(PortFlags.NAME)) {
            return message(ConsoleLayout.PORT_NAME, 1, name.getBytes(StandardCharsets.UTF_8));
        }
        // Somebody who went and somebody who came meanwhile are two messages.
        if ((host.takeHangUp() || !host.isOpen()) && take(PortFlags.TOLD_OPEN)) {
            return message(ConsoleLayout.PORT_OPEN, 0, NOTHING);
        }
        if (host.isOpen() && !has(PortFlags.TOLD_OPEN)) {
            flags |= PortFlags.TOLD_OPEN;
            return message(ConsoleLayout.PORT_OPEN, 1, NOTHING);
        }
        if (kind == Kind.TERMINAL && !size.equals(toldSize)) {
            toldSize = size;
            return resize(size);
        }
        return null;
    }

    /**
     * The rows come first. The specification has the columns first (VIRTIO 1.2, 5.3.6.2), but no driver of Linux that
     * was released reads them so.
     */
    private byte[] resize(Cells size) {
        ByteBuffer body = ByteBuffer.allocate(2 * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        body.putShort((short) size.rows()).putShort((short) size.columns());
        return message(ConsoleLayout.RESIZE, 0, body.array());
    }

    private byte[] message(int event, int value, byte[] body) {
        return ByteBuffer.allocate(ConsoleLayout.MESSAGE_SIZE + body.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(index)
                .putShort((short) event)
                .putShort((short) value)
                .put(body)
                .array();
    }

    private boolean has(int flag) {
        return (flags & flag) != 0;
    }

    private boolean take(int flag) {
        boolean had = has(flag);
        flags &= ~flag;
        return had;
    }
}
