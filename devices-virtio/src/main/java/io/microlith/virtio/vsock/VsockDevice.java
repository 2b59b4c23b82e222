// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.virtio.ChainServer;
import io.microlith.virtio.ConfigSpace;
import io.microlith.virtio.DeviceStatus;
import io.microlith.virtio.Rollback;
import io.microlith.virtio.VirtioContext;
import io.microlith.virtio.VirtioDevice;
import io.microlith.virtio.VirtioPort;
import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.virtio.queue.VirtQueue;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.state.Snapshotable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A socket device (VIRTIO 1.2, 5.10), for stream sockets. Connections live as long as the driver does; when the device
 * is restored the driver is told that they are gone.
 */
public final class VsockDevice implements Device, VirtioDevice, Snapshotable<VsockState> {
    // Virtio.
    private final DescriptorChain event = new DescriptorChain(VsockLayout.QUEUE_SIZE);
    private final ChainServer eventServer = this::tell;
    private @Nullable VirtioContext active;

    // Transport.
    private final DeviceId id;
    private final VirtioPort port;

    // Device.
    private final VsockConfig config;
    private final Duration patience;
    private final ConfigSpace configSpace;
    private final List<VsockHost> hosts = new ArrayList<>();
    private final Landing landing = new Landing();
    private final BacklogPool backlogs;
    private @Nullable Exchange exchange;

    /** Whether the driver is to be told that connections are gone. */
    private boolean resetDue;

    VsockDevice(VsockConfig config, Optional<VsockState> saved, DeviceContext context) {
        this(config, saved, context, Exchange.PATIENCE);
    }

    /** A device that waits for either side as long as it is told. */
    VsockDevice(VsockConfig config, Optional<VsockState> saved, DeviceContext context, Duration patience) {
        id = context.id();
        this.config = config;
        this.patience = patience;
        configSpace = VsockLayout.config(config.cid());
        backlogs = new BacklogPool(config.bufferSize());
        resetDue = saved.filter(state -> (state.virtio().status() & DeviceStatus.DRIVER_OK) != 0)
                .isPresent();
        try (Rollback rollback = new Rollback(() -> hosts.forEach(VsockHost::close))) {
            for (Supplier<VsockHost> host : config.hosts()) {
                hosts.add(host.get());
            }
            port = config.setup().attach(this, saved.map(VsockState::virtio), context);
            rollback.cancel();
        }
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public int deviceType() {
        return VsockLayout.DEVICE_TYPE;
    }

    @Override
    public long deviceFeatures() {
        return VsockLayout.F_STREAM;
    }

    @Override
    public List<Integer> queueSizes() {
        return VsockLayout.QUEUE_SIZES;
    }

    @Override
    public ConfigSpace configSpace() {
        return configSpace;
    }

    @Override
    public void activate(VirtioContext context) {
        active = context;
        Exchange made = new Exchange(context, config, hosts, landing, backlogs, patience);
        exchange = made;
        made.begin();
    }

    @Override
    public void deactivate() {
        active = null;
        // A driver that starts anew has no connections to lose.
        resetDue = false;
        endExchange();
    }

    private void endExchange() {
        Exchange ended = exchange;
        if (ended != null) {
            exchange = null;
            ended.end();
        }
    }

    @Override
    public void queueNotify(int queue) {
        Exchange live = exchange;
        VirtioContext context = active;
        if (live == null || context == null) {
            return;
        }
        if (queue != VsockLayout.EVENT) {
            live.serve();
        } else if (resetDue) {
            context.serve(VsockLayout.EVENT, event, eventServer);
        }
    }

    /** Tells the driver that connections are gone, in the first buffer that has room for it. */
    private boolean tell(VirtQueue events, DescriptorChain buffer) {
        boolean told = buffer.write(0, VsockLayout.TRANSPORT_RESET, 0, VsockLayout.TRANSPORT_RESET.length);
        events.addUsed(buffer.head(), told ? VsockLayout.TRANSPORT_RESET.length : 0);
        resetDue = !told;
        return resetDue;
    }

    @Override
    public VsockState save() {
        return new VsockState(port.save());
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
        endExchange();
        hosts.forEach(VsockHost::close);
        backlogs.close();
    }

    /** {@code vsock0}. */
    @Override
    public String toString() {
        return id.toString();
    }
}
