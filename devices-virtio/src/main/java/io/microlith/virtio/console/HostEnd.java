// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.vmm.event.Notifier;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a backend said about the host's end of a port, until the device's loop comes to look. Any thread. */
final class HostEnd implements PortLink {
    private final String name;
    private final ConsoleEvents events;
    private final Notifier wake;
    private final AtomicBoolean hungUp = new AtomicBoolean();
    private final AtomicBoolean input = new AtomicBoolean();
    private final AtomicBoolean room = new AtomicBoolean();
    private volatile boolean open;

    /** Makes an end that nobody has opened; {@code wake} is rung for whatever happens there. */
    HostEnd(String name, ConsoleEvents events, Notifier wake) {
        this.name = name;
        this.events = events;
        this.wake = wake;
    }

    @Override
    public void hostOpened() {
        open = true;
        wake.signal();
    }

    @Override
    public void hostClosed() {
        open = false;
        hungUp.set(true);
        // What the guest has waited to send is lost now.
        outputReady();
    }

    @Override
    public void inputReady() {
        input.set(true);
        wake.signal();
    }

    @Override
    public void outputReady() {
        room.set(true);
        wake.signal();
    }

    @Override
    public void failed(Exception cause) {
        events.onFailed(name, cause);
    }

    /** The driver is new: whatever there was to see has to be looked at again. */
    void lookAgain() {
        input.set(true);
        room.set(true);
    }

    boolean isOpen() {
        return open;
    }

    /** Whether it was closed since this was last asked. */
    boolean takeHangUp() {
        return hungUp.getAndSet(false);
    }

    /** Whether there may be something to read that was not looked at yet. */
    boolean takeInput() {
        return input.getAndSet(false);
    }

    /** Whether there may be room to write that was not looked at yet. */
    boolean takeRoom() {
        return room.getAndSet(false);
    }
}
