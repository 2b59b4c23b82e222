// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.virtio.ChainServer;
import io.microlith.virtio.OccurrenceLog;
import io.microlith.virtio.VirtioContext;
import io.microlith.virtio.console.PortDialogue.Kind;
import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.virtio.queue.VirtQueue;
import io.microlith.vmm.event.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * A port: carries bytes between its two queues and its backend, with no copy of its own. What one end does not take
 * stays with the other: the guest's chains in their queue, the host's bytes with the backend. On the device's loop.
 */
final class Port implements AutoCloseable {
    /** The most bytes that are carried in one piece, so that a chain of 4 GiB is many. */
    private static final long MOST_BYTES = 64 << 10;

    private final int index;
    private final String name;
    private final Kind kind;
    private final PortBackend backend;
    private final HostEnd host;
    private final PortDialogue dialogue;
    private final DescriptorChain chain;
    private final PortBuffer buffer;
    private final ConsoleEvents events;
    private final OccurrenceLog failures;
    private final Patience patience = new Patience();
    private final ChainServer filler = this::fill;
    private final ChainServer taker = this::take;
    private final Runnable giveUp = this::giveUp;

    private @Nullable VirtioContext active;
    private boolean multiport;

    /** The bytes of the first chain in the output queue that the backend has. */
    private long sent;

    /** What all ports of a device share. */
    record Shared(String device, DescriptorChain chain, PortBuffer buffer, ConsoleEvents events) {}

    Port(int index, String name, Kind kind, PortBackend backend, HostEnd host, Shared shared) {
        this.index = index;
        this.name = name;
        this.kind = kind;
        this.backend = backend;
        this.host = host;
        dialogue = new PortDialogue(index, name, kind);
        chain = shared.chain();
        buffer = shared.buffer();
        events = shared.events();
        failures = new OccurrenceLog(
                Port.class, shared.device(), "loses output of " + (name.isEmpty() ? "its terminal" : "port " + name));
    }

    PortState save() {
        return new PortState(dialogue.flags(), sent);
    }

    void restore(PortState state) {
        dialogue.restore(state.flags());
        sent = state.sent();
    }

    /** Opens the host's end. */
    void start(EventLoop loop) {
        backend.start(host, loop);
    }

    void activate(VirtioContext context, boolean severalPorts) {
        active = context;
        multiport = severalPorts;
        host.lookAgain();
    }

    void deactivate() {
        active = null;
        dialogue.reset();
        queueReset();
    }

    /** Its output queue was reset. */
    void queueReset() {
        sent = 0;
        patience.reset();
    }

    /** The driver wants to hear what ports there are. */
    void deviceReady() {
        dialogue.deviceReady();
    }

    /** The driver says of the port what a control message can say of it. Returns whether that made sense. */
    boolean hear(int event, int value) {
        if (kind == Kind.ABSENT) {
            return false;
        }
        switch (event) {
            case ConsoleLayout.PORT_READY -> {
                if (value == 1) {
                    dialogue.portReady();
                } else {
                    dialogue.reset();
                }
            }
            case ConsoleLayout.PORT_OPEN -> {
                if (value == 1) {
                    guestOpened();
                } else {
                    guestClosed();
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void guestOpened() {
        if (!dialogue.isGuestOpen()) {
            dialogue.guestOpened();
            events.onGuestOpened(name);
            host.lookAgain();
        }
    }

    private void guestClosed() {
        if (dialogue.isGuestOpen()) {
            dialogue.guestClosed();
            events.onGuestClosed(name);
        }
    }

    /** The next control message to the driver. */
    byte @Nullable [] nextMessage(TerminalSize.Cells size) {
        return dialogue.next(host, size);
    }

    /** Looks at what the backend said since this was last done. */
    void lookAround() {
        if (host.takeInput()) {
            carryInput();
        }
        if (host.takeRoom()) {
            patience.reset();
            carryOutput();
        }
    }

    /** Carries what the host has to the guest, once somebody there wants it: Linux drops what comes earlier. */
    void carryInput() {
        VirtioContext context = active;
        if (context != null && (!multiport || dialogue.isGuestOpen())) {
            context.serve(ConsoleLayout.inputQueue(index), chain, filler);
        }
    }

    private boolean fill(VirtQueue queue, DescriptorChain free) {
        if (free.writableBytes() == 0) {
            events.onRefused();
            queue.addUsed(free.head(), 0);
            return true;
        }
        long given = backend.read(buffer.toFill(MOST_BYTES));
        if (given <= 0) {
            queue.undoPop();
            return false;
        }
        events.onReceived(name, given);
        queue.addUsed(free.head(), (int) given);
        return true;
    }

    /** Carries what the guest has to the host. */
    void carryOutput() {
        VirtioContext context = active;
        if (context != null) {
            context.serve(ConsoleLayout.outputQueue(index), chain, taker);
        }
    }

    private boolean take(VirtQueue queue, DescriptorChain full) {
        long left = full.readableBytes() - sent;
        if (left <= 0) {
            events.onRefused();
            return done(queue, full);
        }
        if (!host.isOpen()) {
            return drop(queue, full, left);
        }
        long taken = backend.write(buffer.toTake(sent, MOST_BYTES));
        if (taken < 0) {
            failures.add(taken);
            return drop(queue, full, left);
        }
        if (taken == 0) {
            return host.isOpen() && !patience.isOver() ? wait(queue) : drop(queue, full, left);
        }
        patience.reset();
        events.onSent(name, taken);
        if (taken < left) {
            sent += taken;
            queue.undoPop();
            return true;
        }
        return done(queue, full);
    }

    private boolean wait(VirtQueue queue) {
        queue.undoPop();
        VirtioContext context = active;
        if (kind == Kind.TERMINAL && context != null) {
            patience.begin(context, giveUp);
        }
        return false;
    }

    private void giveUp() {
        failures.add("nobody reads it");
        carryOutput();
    }

    private boolean drop(VirtQueue queue, DescriptorChain full, long bytes) {
        events.onDropped(name, bytes);
        return done(queue, full);
    }

    private boolean done(VirtQueue queue, DescriptorChain full) {
        sent = 0;
        queue.addUsed(full.head(), 0);
        return true;
    }

    void drain() {
        backend.drain();
    }

    /** Called when the device is not called any more. */
    @Override
    public void close() {
        patience.close();
        backend.close();
    }
}
