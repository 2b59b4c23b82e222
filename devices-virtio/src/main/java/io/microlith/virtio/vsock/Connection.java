// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.linux.Errno;
import io.microlith.vmm.event.Readiness;
import org.jspecify.annotations.Nullable;

/**
 * One connection between a program in the guest and a stream of the host's.
 *
 * <p>The two directions end on their own. What the host reads as the stream's end the guest is told as SHUTDOWN of
 * sending, and the other way around; when the host's end is gone altogether, SHUTDOWN of both. A guest that has shut
 * down both gets a reset at once, which lets it use its port again (VIRTIO 1.2, 5.10.6.6), while what it sent before
 * still goes to the host.
 */
final class Connection implements ConnectionTable.Entry {
    /** How far it is. */
    enum State {
        /** The guest asked, and the host is not ready. */
        DIALLING,
        /** The host asked, and the guest has not answered. */
        REQUESTED,
        /** Bytes go to and fro. */
        OPEN,
        /** The guest was told that it is over, and has not confirmed. */
        CLOSING,
        /** The guest has forgotten it, and the host is yet to take what it sent. */
        LINGERING,
        /** It is over. */
        CLOSED
    }

    /** What came of sending. */
    enum Progress {
        /** There is no more to send now. */
        DONE,
        /** There may be more. */
        MORE,
        /** There is more, and the guest has no buffer for it. */
        STARVED
    }

    private static final int FEWEST_PACKETS = 2;

    private final Exchange exchange;
    private final VsockStream stream;
    private final int hostPort;
    private final int guestPort;
    private final GuestCredit toGuest = new GuestCredit();
    private final HostCredit toHost;
    private State state;
    private long deadline;

    /** Whether it is in the exchange's line of those that have something to send. */
    private boolean inLine;

    // To the guest.
    private int opening;
    private int shutdownDue;
    private int shutdownSent;
    private boolean updateDue;
    private boolean creditAsked;

    // From the host.
    private boolean quiet;
    private boolean ended;
    private int packets = FEWEST_PACKETS;

    // To the host.
    private int guestShutdown;
    private boolean hungUp;
    private @Nullable Backlog backlog;
    private Readiness awaited = Readiness.NONE;

    Connection(Exchange exchange, VsockStream stream, int hostPort, int guestPort, State state) {
        this.exchange = exchange;
        this.stream = stream;
        this.hostPort = hostPort;
        this.guestPort = guestPort;
        this.state = state;
        toHost = new HostCredit(exchange.bufferSize());
    }

    @Override
    public int hostPort() {
        return hostPort;
    }

    @Override
    public int guestPort() {
        return guestPort;
    }

    HostCredit toHost() {
        return toHost;
    }

    State state() {
        return state;
    }

    /** Whether somebody is waited for, and not for ever. */
    boolean isTimed() {
        return deadline != 0;
    }

    boolean isLate(long now) {
        return now - deadline >= 0;
    }

    /** Waits for somebody, but not for ever. */
    void giveTime() {
        if (deadline == 0) {
            deadline = exchange.deadline();
        }
    }

    boolean isInLine() {
        return inLine;
    }

    void setInLine(boolean is) {
        inLine = is;
    }

    // ---- to begin -------------------------------------------------------------------------------------------------

    /** The guest asked for the connection, with its credit. */
    void requested(VsockHeader header) {
        // Nothing was sent, so every size is one that can be, and no count but zero is.
        var _ = toGuest.update(header.bufferSize(), 0);
    }

    /** Connects the host's end. Returns 0, or a negative error number as {@link VsockStream#connect} does. */
    int dial() {
        int result = stream.connect();
        if (result == 0) {
            opening = VsockLayout.OP_RESPONSE;
            open();
        }
        return result;
    }

    /** The host asked for the connection. */
    void request() {
        opening = VsockLayout.OP_REQUEST;
        giveTime();
    }

    /** Whether the guest knows of it. */
    boolean isKnown() {
        return state != State.REQUESTED || opening == 0;
    }

    private void open() {
        state = State.OPEN;
        deadline = 0;
        stream.open(hostPort, exchange, exchange.exclusive(() -> exchange.ready(this)));
        exchange.events().onOpened(hostPort, guestPort);
    }

    // ---- from the guest -------------------------------------------------------------------------------------------

    /** A packet of the guest's that is not a reset. Returns whether it keeps the rules. */
    boolean receive(VsockHeader header, Payload payload) {
        if (state == State.DIALLING || !toGuest.update(header.bufferSize(), header.forwarded())) {
            return false;
        }
        if (toGuest.room() > 0) {
            creditAsked = false;
        }
        if (state == State.REQUESTED) {
            return header.operation() == VsockLayout.OP_RESPONSE && accepted();
        }
        return switch (header.operation()) {
            case VsockLayout.OP_RW -> take(payload.of(header.length()));
            case VsockLayout.OP_SHUTDOWN -> shutDown(header.flags());
            case VsockLayout.OP_CREDIT_UPDATE -> true;
            case VsockLayout.OP_CREDIT_REQUEST -> {
                updateDue = true;
                yield true;
            }
            default -> false;
        };
    }

    private boolean accepted() {
        boolean asked = opening == 0;
        if (asked) {
            open();
        }
        return asked;
    }

    private boolean take(Payload payload) {
        long length = payload.size();
        if ((guestShutdown & VsockLayout.SHUTDOWN_SEND) != 0 || !toHost.receive(length)) {
            return false;
        }
        exchange.events().onToHost(length);
        if (backlog == null) {
            long written = write(payload);
            payload.skip(written);
        }
        if (hungUp) {
            toHost.forward(payload.size());
        } else if (payload.size() > 0) {
            backlog().add(payload);
        }
        return true;
    }

    /** Writes what the host takes now. Returns how much that is. */
    private long write(VsockSource bytes) {
        if (hungUp || bytes.size() == 0) {
            return 0;
        }
        long written = stream.write(bytes);
        if (written > 0) {
            toHost.forward(written);
            return written;
        }
        if (written != -Errno.EAGAIN && written != -Errno.EINTR) {
            hangUp();
        }
        return 0;
    }

    private Backlog backlog() {
        Backlog mine = backlog;
        if (mine == null) {
            mine = exchange.backlogs().take();
            backlog = mine;
        }
        return mine;
    }

    private boolean shutDown(int flags) {
        int added = flags & VsockLayout.SHUTDOWN_BOTH & ~guestShutdown;
        guestShutdown |= added;
        if ((added & VsockLayout.SHUTDOWN_RECEIVE) != 0) {
            stream.shutdownInput();
        }
        if ((added & VsockLayout.SHUTDOWN_SEND) != 0 && backlog == null) {
            stream.shutdownOutput();
        }
        return true;
    }

    /** Whether the guest has shut down both directions. */
    boolean isFinished() {
        return guestShutdown == VsockLayout.SHUTDOWN_BOTH;
    }

    /**
     * The guest has forgotten the connection.
     *
     * @return whether it lives on, for what the host is yet to take of what the guest sent to the end
     */
    boolean linger() {
        if ((guestShutdown & VsockLayout.SHUTDOWN_SEND) == 0 || backlog == null) {
            return false;
        }
        state = State.LINGERING;
        opening = 0;
        deadline = 0;
        return true;
    }

    // ---- from the host --------------------------------------------------------------------------------------------

    /** The host's end is ready for something. */
    void ready() {
        quiet = false;
        Backlog waiting = backlog;
        if (waiting == null) {
            return;
        }
        waiting.remove(write(waiting));
        if (hungUp || waiting.isEmpty()) {
            toHost.forward(waiting.size());
            forgetBacklog();
            if ((guestShutdown & VsockLayout.SHUTDOWN_SEND) != 0) {
                stream.shutdownOutput();
            }
        }
    }

    /** Whether the host is yet to take something of what the guest sent. */
    boolean hasBacklog() {
        return backlog != null;
    }

    private void forgetBacklog() {
        Backlog mine = backlog;
        if (mine != null) {
            backlog = null;
            exchange.backlogs().giveBack(mine);
        }
    }

    /** The host reads no more. */
    private void hangUp() {
        hungUp = true;
        shutdownDue |= VsockLayout.SHUTDOWN_RECEIVE;
    }

    /** There is no more from the host. */
    private void end(boolean isHungUp) {
        ended = true;
        shutdownDue |= VsockLayout.SHUTDOWN_SEND;
        if (isHungUp) {
            hangUp();
        }
    }

    /** Whether there may be more from the host, and the guest wants it. */
    private boolean isReading() {
        return state == State.OPEN && !ended && (guestShutdown & VsockLayout.SHUTDOWN_RECEIVE) == 0;
    }

    private boolean mayRead() {
        return isReading() && toGuest.room() > 0;
    }

    // ---- to the guest ---------------------------------------------------------------------------------------------

    /** Whether there is something to send, or may be. */
    boolean hasOutput() {
        return opening != 0
                || (mayRead() && !quiet)
                || isCreditWanted()
                || (isLive() && ((shutdownDue & ~shutdownSent) != 0 || updateDue || toHost.isDue()));
    }

    private boolean isLive() {
        return state == State.OPEN || state == State.CLOSING;
    }

    /** Whether to ask for credit, once for each time there is none. */
    private boolean isCreditWanted() {
        return isReading() && toGuest.room() == 0 && !creditAsked;
    }

    /** Sends what there is, but not too much at once: others have their turn, too. */
    Progress send(Output output) {
        if (opening != 0) {
            if (!output.control(this, opening, 0)) {
                return Progress.STARVED;
            }
            opening = 0;
        }
        if (mayRead() && !quiet) {
            Progress progress = pump(output);
            if (progress != Progress.DONE) {
                return progress;
            }
        }
        if (!isLive()) {
            return Progress.DONE;
        }
        return sendControl(output) ? Progress.DONE : Progress.STARVED;
    }

    private boolean sendControl(Output output) {
        if ((shutdownDue & ~shutdownSent) != 0) {
            if (!output.control(this, VsockLayout.OP_SHUTDOWN, shutdownDue)) {
                return false;
            }
            shutdownSent = shutdownDue;
            if (shutdownSent == VsockLayout.SHUTDOWN_BOTH) {
                state = State.CLOSING;
                giveTime();
            }
        }
        if (isCreditWanted()) {
            if (!output.control(this, VsockLayout.OP_CREDIT_REQUEST, 0)) {
                return false;
            }
            creditAsked = true;
        }
        if (updateDue || toHost.isDue()) {
            if (!output.control(this, VsockLayout.OP_CREDIT_UPDATE, 0)) {
                return false;
            }
            updateDue = false;
        }
        return true;
    }

    /** Reads from the host straight into the guest's buffers. */
    private Progress pump(Output output) {
        boolean moreBuffers = output.fill(toGuest.room(), packets);
        if (output.landing().isEmpty()) {
            return moreBuffers ? Progress.MORE : Progress.STARVED;
        }
        long wanted = output.landing().size();
        long read = stream.read(output.landing());
        if (read > 0) {
            return deliver(output, read, wanted);
        }
        output.undo();
        if (read == -Errno.EINTR) {
            return Progress.MORE;
        }
        if (read == -Errno.EAGAIN) {
            quiet = true;
        } else {
            end(read < 0 || stream.isHungUp());
        }
        return Progress.DONE;
    }

    private Progress deliver(Output output, long read, long wanted) {
        toGuest.send(read);
        int used = output.deliver(this, read);
        exchange.events().onToGuest(read);
        // Short reads take few buffers from the queue to give most of them back, long ones all there are.
        if (read == wanted) {
            packets = Math.min(Landing.MOST_PACKETS, 2 * packets);
            return Progress.MORE;
        }
        packets = Math.min(Landing.MOST_PACKETS, Math.max(FEWEST_PACKETS, used + 1));
        quiet = true;
        return Progress.DONE;
    }

    /** Waits for what it cannot do without. After everything that may have changed that. */
    void settle() {
        boolean reads = mayRead() && quiet;
        boolean writes = backlog != null;
        Readiness wanted =
                reads ? (writes ? Readiness.BOTH : Readiness.READABLE) : (writes ? Readiness.WRITABLE : Readiness.NONE);
        if (wanted != awaited && state != State.CLOSED) {
            awaited = wanted;
            stream.await(wanted);
        }
    }

    /** It is over. */
    void close() {
        state = State.CLOSED;
        deadline = 0;
        opening = 0;
        forgetBacklog();
        stream.close();
    }
}
