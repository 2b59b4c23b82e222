// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

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
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.event.Timer;
import io.microlith.vmm.state.Snapshotable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network device (VIRTIO 1.2, 5.1). What it sends and receives is whole frames, of which a backend takes one at a
 * time and in their order; one that cannot go on now waits where it is.
 */
public final class NetDevice implements Device, VirtioDevice, Snapshotable<NetState> {
    private static final Logger LOG = LoggerFactory.getLogger(NetDevice.class);

    // Virtio.
    private volatile @Nullable VirtioContext active;
    private final DescriptorChain chain = new DescriptorChain(NetLayout.QUEUE_SIZE);
    private final TxFrame txFrame = new TxFrame(chain);
    private final List<RxFrame> rxFrames = new ArrayList<>();
    private final List<Integer> queueSizes;

    // Transport.
    private final DeviceId id;
    private final VirtioPort port;

    // Device.
    private final NetConfig config;
    private final NetBackend backend;
    private final GuestSettings settings;
    private final ControlCommand command;
    private final ChainServer commands = this::serveCommand;
    private final Cable cable = new Cable();
    private @Nullable Timer timer;
    private volatile boolean disconnected;

    /** The pairs of a live driver. */
    private final List<QueuePair> pairs = new ArrayList<>();

    /** Whether the device is about to come back to life, with what its driver had set. */
    private volatile boolean restored;

    /** When the timer goes off; 0 if it does not. */
    private long due;

    NetDevice(NetConfig config, Optional<NetState> saved, DeviceContext context) {
        id = context.id();
        this.config = config;
        backend = config.source().get();
        try (Rollback rollback = new Rollback(backend::close)) {
            saved.ifPresent(state -> state.checked(backend));
            settings = new GuestSettings(backend, config.mac().orElseGet(MacAddress::random), saved.orElse(null));
            restored = saved.filter(state -> (state.virtio().status() & DeviceStatus.DRIVER_OK) != 0)
                    .isPresent();
            command = new ControlCommand(chain, settings);
            queueSizes = Collections.nCopies(2 * checkedPairs() + 1, NetLayout.QUEUE_SIZE);
            for (int i = 0; i < backend.pairs(); i++) {
                rxFrames.add(new RxFrame(context.memory()));
            }
            config.link().add(cable);
            rollback.add(() -> config.link().remove(cable));
            port = config.setup().attach(this, saved.map(NetState::virtio), context);
            rollback.cancel();
        }
    }

    private int checkedPairs() {
        int count = backend.pairs();
        if (count < 1 || count > NetConfig.MAX_PAIRS) {
            throw new ConfigException("net.queues", count + " is not 1 to " + NetConfig.MAX_PAIRS);
        }
        return count;
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public int deviceType() {
        return NetLayout.DEVICE_TYPE;
    }

    @Override
    public long deviceFeatures() {
        return NetLayout.features(backend.offloads(), backend.pairs(), config.mtu());
    }

    @Override
    public List<Integer> queueSizes() {
        return queueSizes;
    }

    @Override
    public ConfigSpace configSpace() {
        int status =
                (isLinkUp() ? NetLayout.STATUS_LINK_UP : 0) | (settings.isAnnouncing() ? NetLayout.STATUS_ANNOUNCE : 0);
        return NetLayout.config(settings.mac(), status, backend.pairs(), config.mtu());
    }

    private boolean isLinkUp() {
        return config.link().isUp() && !disconnected;
    }

    @Override
    public void activate(VirtioContext context) {
        active = context;
        boolean resumed = restored;
        if (!resumed) {
            settings.begin(context.features());
        }
        restored = false;
        settings.apply();
        for (int i = 0; i < backend.pairs(); i++) {
            pairs.add(new QueuePair(context, i, backend, config, chain, rxFrames.get(i), txFrame, cable));
        }
        startAndStop();
        if (resumed) {
            // Its driver knows the link of another host, and looks again when it is told to.
            context.configChanged();
        }
    }

    /** Has frames come and go through the pairs that the driver uses, if there is a link, and through no other. */
    private void startAndStop() {
        int used = isLinkUp() ? settings.pairs() : 0;
        for (int i = 0; i < pairs.size(); i++) {
            if (i < used) {
                pairs.get(i).start();
            } else {
                pairs.get(i).stop();
            }
        }
    }

    @Override
    public void deactivate() {
        active = null;
        pairs.forEach(QueuePair::close);
        pairs.clear();
        settings.reset();
        due = 0;
        if (timer != null) {
            timer.disarm();
        }
    }

    @Override
    public void queueNotify(int queue) {
        VirtioContext context = active;
        if (context == null) {
            return;
        }
        if (queue == NetLayout.controlQueue(context.has(NetLayout.F_MQ), backend.pairs())) {
            context.serve(queue, chain, commands);
            startAndStop();
        } else if (queue == 2 * pairs.size()) {
            // That of commands, for a driver that knows of several pairs; this one does not, and has no use for it.
            config.events().onRefused();
        } else if (queue % 2 == 0) {
            pairs.get(queue / 2).notifiedToReceive();
        } else {
            pairs.get(queue / 2).notifiedToSend();
        }
    }

    private boolean serveCommand(VirtQueue queue, DescriptorChain popped) {
        int written = command.execute(Objects.requireNonNull(active, "only an active device is called"));
        if (written == 0) {
            config.events().onRefused();
        }
        queue.addUsed(popped.head(), written);
        return true;
    }

    @Override
    public void queueReset(int queue) {
        if (queue % 2 == 0 && queue / 2 < pairs.size()) {
            pairs.get(queue / 2).reset();
        }
    }

    /** What pairs and the embedder's plug have to do with the device as a whole. */
    private final class Cable implements QueuePair.Device, NetLink.Listener {
        @Override
        public void retryAfter(long nanos) {
            long at = System.nanoTime() + nanos;
            if (due == 0 || at - due < 0) {
                due = at;
                timer().arm(nanos, 0);
            }
        }

        private Timer timer() {
            Timer known = timer;
            if (known == null) {
                VirtioContext context = Objects.requireNonNull(active, "only an active device is called");
                known = new Timer(context.loop(), context.exclusive(this::retry));
                timer = known;
            }
            return known;
        }

        private void retry() {
            due = 0;
            pairs.forEach(QueuePair::retry);
        }

        @Override
        public void disconnected() {
            if (!disconnected) {
                disconnected = true;
                LOG.warn("device={} has lost its backend: the link is down from here on [backend={}]", id, backend);
                config.events().onDisconnected();
                onLink();
            }
        }

        @Override
        public void onLink() {
            VirtioContext context = active;
            if (context != null) {
                context.configChanged();
                context.loop().execute(context.exclusive(NetDevice.this::startAndStop));
            }
        }

        @Override
        public void onAnnounce() {
            VirtioContext context = active;
            if (context == null) {
                if (restored) {
                    settings.askToAnnounce();
                }
            } else if (context.has(NetLayout.F_GUEST_ANNOUNCE)) {
                settings.askToAnnounce();
                context.configChanged();
            }
        }
    }

    @Override
    public NetState save() {
        return settings.save(port.save());
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
        config.link().remove(cable);
        port.close();
        pairs.forEach(QueuePair::close);
        if (timer != null) {
            timer.close();
        }
        backend.close();
    }

    /** {@code net0}. */
    @Override
    public String toString() {
        return id.toString();
    }
}
