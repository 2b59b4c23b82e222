// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.linux.Errno;
import io.microlith.virtio.ChainServer;
import io.microlith.virtio.VirtioContext;
import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.virtio.queue.VirtQueue;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.event.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a live device: brings the guest's packets to them, and what they send to the guest in turn. Lives
 * from when the driver is ready until it is gone.
 */
final class Exchange implements VsockGuest {
    /** How long one side waits for the other to open or close a connection. */
    static final Duration PATIENCE = Duration.ofSeconds(8);

    /** How often a host that was not ready is asked again, and lateness noticed. */
    static final long TICK_NANOS = 20_000_000;

    /** How many hosts that were not ready are asked again at once. */
    private static final int DIALS_PER_TICK = 16;

    /** Ports of the host's ends of connections that the host makes. */
    private static final int FIRST_HOST_PORT = 1 << 30;

    private final VirtioContext context;
    private final VsockConfig config;
    private final List<VsockHost> hosts;
    private final BacklogPool backlogs;
    private final long patienceNanos;
    private final Output output;
    private final DescriptorChain chain = new DescriptorChain(VsockLayout.QUEUE_SIZE);
    private final VsockHeader header = new VsockHeader();
    private final Payload payload = new Payload(chain);
    private final ChainServer server = this::take;
    private final ConnectionTable<Connection> table;
    private final Set<Connection> lingering = new HashSet<>();
    private final Deque<Connection> line = new ArrayDeque<>();
    private final ResetQueue resets;
    private @Nullable Timer timer;
    private boolean ticking;
    private int dials;
    private int nextHostPort = FIRST_HOST_PORT;

    /** Whether the guest's packets wait until it takes resets. */
    private boolean held;

    Exchange(
            VirtioContext context,
            VsockConfig config,
            List<VsockHost> hosts,
            Landing landing,
            BacklogPool backlogs,
            Duration patience) {
        this.context = context;
        this.config = config;
        this.hosts = hosts;
        this.backlogs = backlogs;
        patienceNanos = patience.toNanos();
        output = new Output(context, config, landing);
        table = new ConnectionTable<>(config.connections());
        resets = new ResetQueue(config.connections());
    }

    /** Lets the host connect. */
    void begin() {
        hosts.forEach(host -> host.attach(this));
    }

    /** The driver is gone. */
    void end() {
        table.all().forEach(this::close);
        List.copyOf(lingering).forEach(this::close);
        line.clear();
        hosts.forEach(VsockHost::detach);
        if (timer != null) {
            timer.close();
        }
    }

    int bufferSize() {
        return config.bufferSize();
    }

    VsockEvents events() {
        return config.events();
    }

    BacklogPool backlogs() {
        return backlogs;
    }

    private int count() {
        return table.size() + lingering.size();
    }

    // ---- from the guest -------------------------------------------------------------------------------------------

    /** The guest sent, or has more buffers. */
    void serve() {
        context.serve(VsockLayout.TX, chain, server);
        flush();
    }

    private boolean take(VirtQueue queue, DescriptorChain packet) {
        if (resets.isFull()) {
            held = true;
            queue.undoPop();
            return false;
        }
        if (header.readFrom(packet)
                && header.sourceCid() == config.cid()
                && header.destinationCid() == VsockLayout.HOST_CID) {
            route(header.destinationPort(), header.sourcePort());
        } else {
            events().onViolation();
        }
        queue.addUsed(packet.head(), 0);
        return true;
    }

    private void route(int hostPort, int guestPort) {
        Connection connection = table.find(hostPort, guestPort);
        if (header.type() != VsockLayout.TYPE_STREAM) {
            refuse(hostPort, guestPort, header.type());
        } else if (connection == null) {
            routeToNobody(hostPort, guestPort);
        } else if (header.operation() == VsockLayout.OP_RST) {
            forget(connection);
        } else if (isWhole() && connection.receive(header, payload)) {
            if (connection.isFinished()) {
                resets.add(hostPort, guestPort, VsockLayout.TYPE_STREAM);
                forget(connection);
            }
            lineUp(connection);
            connection.settle();
        } else {
            events().onViolation();
            reset(connection);
        }
    }

    /** Whether the payload is there, all of it. */
    private boolean isWhole() {
        return header.length() <= chain.readableBytes() - VsockHeader.SIZE;
    }

    private void routeToNobody(int hostPort, int guestPort) {
        if (header.operation() != VsockLayout.OP_REQUEST) {
            refuse(hostPort, guestPort, VsockLayout.TYPE_STREAM);
            return;
        }
        Optional<VsockStream> stream = count() < config.connections() ? dial(hostPort, guestPort) : Optional.empty();
        if (stream.isEmpty()) {
            events().onRefused(hostPort, guestPort);
            refuse(hostPort, guestPort, VsockLayout.TYPE_STREAM);
            return;
        }
        Connection connection = new Connection(this, stream.get(), hostPort, guestPort, Connection.State.DIALLING);
        table.add(connection);
        connection.requested(header);
        dial(connection);
    }

    private Optional<VsockStream> dial(int hostPort, int guestPort) {
        for (VsockHost host : hosts) {
            Optional<VsockStream> stream = host.dial(hostPort, guestPort);
            if (stream.isPresent()) {
                return stream;
            }
        }
        return Optional.empty();
    }

    private void dial(Connection connection) {
        int result = connection.dial();
        if (result == 0) {
            lineUp(connection);
            connection.settle();
        } else if (result == -Errno.EAGAIN) {
            connection.giveTime();
        } else {
            reset(connection);
        }
    }

    /** Answers with a reset, but no reset. */
    private void refuse(int hostPort, int guestPort, int type) {
        if (header.operation() != VsockLayout.OP_RST) {
            resets.add(hostPort, guestPort, type);
        }
    }

    // ---- from the host --------------------------------------------------------------------------------------------

    @Override
    public EventLoop loop() {
        return context.loop();
    }

    @Override
    public Runnable exclusive(Runnable task) {
        return context.exclusive(() -> {
            task.run();
            flush();
        });
    }

    @Override
    public void connect(VsockStream stream, int guestPort) {
        if (count() >= config.connections()) {
            events().onRefused(nextHostPort, guestPort);
            stream.close();
            return;
        }
        while (table.find(nextHostPort, guestPort) != null) {
            nextHostPort = followingHostPort();
        }
        Connection connection = new Connection(this, stream, nextHostPort, guestPort, Connection.State.REQUESTED);
        nextHostPort = followingHostPort();
        table.add(connection);
        connection.request();
        lineUp(connection);
    }

    private int followingHostPort() {
        return nextHostPort == Integer.MAX_VALUE ? FIRST_HOST_PORT : nextHostPort + 1;
    }

    /** The host's end of a connection is ready. In an exclusive task. */
    void ready(Connection connection) {
        if (connection.state() == Connection.State.CLOSED) {
            return;
        }
        connection.ready();
        if (connection.state() == Connection.State.LINGERING && !connection.hasBacklog()) {
            close(connection);
            return;
        }
        lineUp(connection);
        connection.settle();
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    /** The guest knows of the connection no more. */
    private void forget(Connection connection) {
        table.remove(connection);
        if (connection.linger()) {
            lingering.add(connection);
        } else {
            close(connection);
        }
    }

    /** Ends a connection that the guest is to forget. */
    private void reset(Connection connection) {
        if (connection.isKnown()) {
            resets.add(connection.hostPort(), connection.guestPort(), VsockLayout.TYPE_STREAM);
        }
        close(connection);
    }

    private void close(Connection connection) {
        Connection.State before = connection.state();
        table.remove(connection);
        lingering.remove(connection);
        connection.close();
        if (before == Connection.State.DIALLING || before == Connection.State.REQUESTED) {
            events().onRefused(connection.hostPort(), connection.guestPort());
        } else {
            events().onClosed(connection.hostPort(), connection.guestPort());
        }
    }

    // ---- to the guest ---------------------------------------------------------------------------------------------

    private void lineUp(Connection connection) {
        if (!connection.isInLine() && connection.hasOutput()) {
            connection.setInLine(true);
            line.add(connection);
        }
    }

    /** Sends what there is, as far as the guest has buffers. At the end of every task of the device's. */
    void flush() {
        do {
            sendAll();
        } while (isReleased());
    }

    /** Whether the guest's packets had to wait, and need not any more. */
    private boolean isReleased() {
        if (!held || resets.isFull()) {
            return false;
        }
        held = false;
        context.serve(VsockLayout.TX, chain, server);
        return true;
    }

    private void sendAll() {
        VirtQueue queue = context.queue(VsockLayout.RX);
        do {
            // The guest is asked to ring for more buffers only when they are needed.
            queue.disableNotification();
            boolean sent = true;
            while (sent && hasOutput() && context.mayGoOn(VsockLayout.RX)) {
                sent = resets.isEmpty() ? sendNext() : sendReset();
            }
        } while (hasOutput() && context.mayGoOn(VsockLayout.RX) && queue.enableNotification());
        if (queue.needsNotification()) {
            context.interrupt(VsockLayout.RX).signal();
        }
    }

    private boolean hasOutput() {
        return !resets.isEmpty() || !line.isEmpty();
    }

    private boolean sendReset() {
        boolean sent = output.reset(resets);
        if (sent) {
            resets.remove();
        }
        return sent;
    }

    /** Lets the first in line send. Returns whether the guest had buffers for it. */
    private boolean sendNext() {
        Connection connection = line.getFirst();
        Connection.Progress progress = connection.send(output);
        if (progress != Connection.Progress.STARVED) {
            line.removeFirst();
            connection.setInLine(progress == Connection.Progress.MORE);
            if (progress == Connection.Progress.MORE) {
                line.addLast(connection);
            }
        }
        connection.settle();
        return progress != Connection.Progress.STARVED;
    }

    // ---- time -----------------------------------------------------------------------------------------------------

    /** When somebody who is asked now is late. */
    long deadline() {
        if (!ticking) {
            ticking = true;
            ticker().arm(TICK_NANOS, TICK_NANOS);
        }
        // Zero is for no deadline.
        return System.nanoTime() + patienceNanos | 1;
    }

    private Timer ticker() {
        Timer made = timer;
        if (made == null) {
            made = new Timer(context.loop(), exclusive(this::tick));
            timer = made;
        }
        return made;
    }

    private void tick() {
        long now = System.nanoTime();
        List<Connection> timed =
                table.all().stream().filter(Connection::isTimed).toList();
        timed.stream().filter(connection -> connection.isLate(now)).forEach(this::reset);
        List<Connection> dialling = timed.stream()
                .filter(connection -> connection.state() == Connection.State.DIALLING)
                .toList();
        // Others, when there are many: a busy host costs the loop no more than a few calls.
        for (int i = 0; i < Math.min(DIALS_PER_TICK, dialling.size()); i++) {
            dials++;
            dial(dialling.get(Math.floorMod(dials, dialling.size())));
        }
        boolean isWaiting = timed.stream().anyMatch(Connection::isTimed);
        if (!isWaiting) {
            ticking = false;
            ticker().disarm();
        }
    }
}
