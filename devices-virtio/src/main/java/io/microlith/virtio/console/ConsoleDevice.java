// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.virtio.ConfigSpace;
import io.microlith.virtio.Rollback;
import io.microlith.virtio.VirtioContext;
import io.microlith.virtio.VirtioDevice;
import io.microlith.virtio.VirtioPort;
import io.microlith.virtio.VirtioState;
import io.microlith.virtio.console.PortDialogue.Kind;
import io.microlith.virtio.console.TerminalSize.Cells;
import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.state.Snapshotable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A console (VIRTIO 1.2, 5.3): a terminal for the guest's kernel, and ports for its programs. The first place is the
 * terminal's, whether there is one or not. A device with nothing but a terminal offers no control queues: its driver
 * needs none.
 */
public final class ConsoleDevice implements Device, VirtioDevice, Snapshotable<ConsoleState> {
    // Virtio.
    private @Nullable VirtioContext active;
    private final DescriptorChain chain = new DescriptorChain(ConsoleLayout.QUEUE_SIZE);
    private final List<Integer> queueSizes;
    private final long features;

    // Transport.
    private final DeviceId id;
    private final VirtioPort port;

    // Device.
    private final List<Port> ports = new ArrayList<>();
    private final PortControl control;
    private final TerminalSize size;

    /** Rung by backends, and by who changes the size. */
    private final Notifier wake = Notifier.create();

    private @Nullable Registration wakeHandler;
    private boolean started;
    private boolean multiport;
    private Cells announced = Cells.UNKNOWN;

    ConsoleDevice(ConsoleConfig config, Optional<ConsoleState> saved, DeviceContext context) {
        id = context.id();
        size = config.size();
        features = (config.terminal().isPresent() ? ConsoleLayout.F_SIZE : 0)
                | (config.ports().isEmpty() ? 0 : ConsoleLayout.F_MULTIPORT);
        int count = 1 + config.ports().size();
        queueSizes = Collections.nCopies(ConsoleLayout.queues(count), ConsoleLayout.QUEUE_SIZE);
        control = new PortControl(ports, size, chain, config.events());
        try (Rollback rollback = new Rollback(this::closeHostSide)) {
            makePorts(config);
            saved.ifPresent(this::restore);
            size.connect(wake::signal);
            rollback.add(size::disconnect);
            port = config.setup().attach(this, saved.map(ConsoleState::virtio), context);
            rollback.cancel();
        }
    }

    private void makePorts(ConsoleConfig config) {
        Port.Shared shared =
                new Port.Shared(id.toString(), chain, new PortBuffer(chain, ConsoleLayout.QUEUE_SIZE), config.events());
        PortBackend terminal =
                config.terminal().isPresent() ? config.terminal().get().get() : NoBackend.INSTANCE;
        addPort("", config.terminal().isPresent() ? Kind.TERMINAL : Kind.ABSENT, terminal, shared);
        for (ConsolePort each : config.ports()) {
            addPort(each.name(), Kind.NAMED, each.backend().get(), shared);
        }
    }

    private void addPort(String name, Kind kind, PortBackend backend, Port.Shared shared) {
        HostEnd host = new HostEnd(name, shared.events(), wake);
        ports.add(new Port(ports.size(), name, kind, backend, host, shared));
    }

    private void restore(ConsoleState state) {
        List<PortState> states = state.checked(ports.size()).ports();
        for (int i = 0; i < ports.size(); i++) {
            ports.get(i).restore(states.get(i));
        }
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public int deviceType() {
        return ConsoleLayout.DEVICE_TYPE;
    }

    @Override
    public long deviceFeatures() {
        return features;
    }

    @Override
    public List<Integer> queueSizes() {
        return queueSizes;
    }

    @Override
    public ConfigSpace configSpace() {
        return ConsoleLayout.config(size.cells(), ports.size());
    }

    @Override
    public void activate(VirtioContext context) {
        active = context;
        announced = Cells.UNKNOWN;
        multiport = context.has(ConsoleLayout.F_MULTIPORT);
        for (Port each : ports) {
            each.activate(context, multiport);
        }
        if (wakeHandler == null) {
            wakeHandler = context.loop().onSignal(wake, context.exclusive(this::lookAround));
        }
        wake.signal();
    }

    @Override
    public void deactivate() {
        active = null;
        ports.forEach(Port::deactivate);
    }

    @Override
    public void queueReset(int queue) {
        if (!isControl(queue)) {
            Port reset = ports.get(ConsoleLayout.port(queue));
            if (queue == ConsoleLayout.outputQueue(ConsoleLayout.port(queue))) {
                reset.queueReset();
            }
        }
    }

    @Override
    public void queueNotify(int queue) {
        VirtioContext context = active;
        if (context == null) {
            return;
        }
        start(context);
        int index = ConsoleLayout.port(queue);
        if (isControl(queue)) {
            if (multiport) {
                control.hear(context);
                lookAround();
            }
        } else if (queue == ConsoleLayout.inputQueue(index)) {
            ports.get(index).carryInput();
        } else {
            ports.get(index).carryOutput();
        }
    }

    private static boolean isControl(int queue) {
        return queue == ConsoleLayout.CONTROL_INPUT || queue == ConsoleLayout.CONTROL_OUTPUT;
    }

    /** Looks at all that has happened on the host's side. */
    private void lookAround() {
        VirtioContext context = active;
        if (context == null) {
            return;
        }
        start(context);
        for (int i = 0; i < ports.size(); i++) {
            ports.get(i).lookAround();
        }
        if (multiport) {
            control.tell(context);
        } else if (context.has(ConsoleLayout.F_SIZE) && !size.cells().equals(announced)) {
            announced = size.cells();
            context.configChanged();
        }
    }

    /** Opens the host's ends, on the loop, which then calls their handlers: so these never run at the same time. */
    private void start(VirtioContext context) {
        if (!started) {
            started = true;
            for (Port each : ports) {
                each.start(context.loop());
            }
        }
    }

    @Override
    public ConsoleState save() {
        VirtioState virtio = port.save();
        return new ConsoleState(virtio, ports.stream().map(Port::save).toList());
    }

    @Override
    public void pause() {
        port.pause();
    }

    @Override
    public void resume() {
        port.resume();
    }

    @Override
    public void reset() {
        port.reset();
    }

    @Override
    public void drain() {
        ports.forEach(Port::drain);
    }

    @Override
    public void close() {
        port.close();
        size.disconnect();
        closeHostSide();
    }

    private void closeHostSide() {
        if (wakeHandler != null) {
            wakeHandler.close();
        }
        ports.forEach(Port::close);
        wake.close();
    }

    /** {@code console0}. */
    @Override
    public String toString() {
        return id.toString();
    }
}
