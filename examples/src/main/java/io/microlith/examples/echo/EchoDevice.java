// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.echo;

import io.microlith.virtio.ChainServer;
import io.microlith.virtio.ConfigSpace;
import io.microlith.virtio.VirtioContext;
import io.microlith.virtio.VirtioDevice;
import io.microlith.virtio.VirtioPort;
import io.microlith.virtio.VirtioState;
import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.virtio.queue.VirtQueue;
import io.microlith.virtio.setup.SetupOptions;
import io.microlith.virtio.setup.VirtioFactory;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.Snapshotable;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Copies what its driver sends in a chain's readable part to the writable part of the same chain. */
final class EchoDevice implements Device, VirtioDevice, Snapshotable<EchoDevice.State> {
    private static final int QUEUE_SIZE = 64;
    private static final int MOST_BYTES = 4096;

    // Virtio: what is used for every request is made once.
    private final DescriptorChain chain = new DescriptorChain(QUEUE_SIZE);
    private final ChainServer server = this::echo;
    private @Nullable VirtioContext active;

    // Transport.
    private final DeviceId id;
    private final VirtioPort port;

    // Device.
    private final byte[] bytes = new byte[MOST_BYTES];

    private EchoDevice(VirtioSetup setup, Optional<State> saved, DeviceContext context) {
        id = context.id();
        // The last thing: from here on the device is called.
        port = setup.attach(this, saved.map(State::virtio), context);
    }

    /** Copies to the host first: the guest can change its memory at any time. */
    private boolean echo(VirtQueue queue, DescriptorChain request) {
        long shorter = Math.min(request.readableBytes(), request.writableBytes());
        int length = (int) Math.min(MOST_BYTES, shorter);
        boolean done = request.read(0, bytes, 0, length) && request.write(0, bytes, 0, length);
        queue.addUsed(request.head(), done ? length : 0);
        return true;
    }

    @Override
    public int deviceType() {
        return 63; // of no standard device
    }

    @Override
    public long deviceFeatures() {
        return 0;
    }

    @Override
    public boolean completesInOrder() {
        return true;
    }

    @Override
    public List<Integer> queueSizes() {
        return List.of(QUEUE_SIZE);
    }

    @Override
    public ConfigSpace configSpace() {
        return ConfigSpace.ofSize(4).with(0, 4, MOST_BYTES);
    }

    @Override
    public void activate(VirtioContext context) {
        active = context;
    }

    @Override
    public void deactivate() {
        active = null;
    }

    @Override
    public void queueNotify(int queue) {
        VirtioContext context = active;
        if (context != null) {
            context.serve(queue, chain, server);
        }
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public State save() {
        return new State(port.save());
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
    public void close() {
        port.close();
    }

    /** All state there is: that of the port. */
    record State(VirtioState virtio) implements DeviceState {
        @Override
        public int version() {
            return 1;
        }

        @Override
        public void writeTo(StateWriter writer) {
            writer.putState(1, virtio);
        }
    }

    /** Makes and restores them; the options of every virtio device are all it takes. */
    static final class Factory implements VirtioFactory<VirtioSetup, State> {
        @Override
        public String type() {
            return "echo";
        }

        @Override
        public VirtioSetup configure(Map<String, String> options) {
            SetupOptions left = SetupOptions.of(type(), options);
            VirtioSetup setup = left.takeSetup();
            left.requireNone();
            return setup;
        }

        @Override
        public Device create(VirtioSetup setup, DeviceContext context) {
            return new EchoDevice(setup, Optional.empty(), context);
        }

        @Override
        public Device restore(VirtioSetup setup, State state, DeviceContext context) {
            return new EchoDevice(setup, Optional.of(state), context);
        }

        @Override
        public State read(StateReader reader) {
            return new State(VirtioState.read(reader.getState(1)));
        }
    }
}
