// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.rng;

import io.microlith.linux.IoVector;
import io.microlith.virtio.ChainServer;
import io.microlith.virtio.ConfigSpace;
import io.microlith.virtio.OccurrenceLog;
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
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An entropy device (VIRTIO 1.2, 5.4): its driver gives it buffers, and it fills them with random bytes.
 *
 * <p>One request is answered with at most 64 KiB, so that a chain of buffers that overlap is no way to have the host
 * make random bytes by the gigabyte.
 */
public final class RngDevice implements Device, VirtioDevice, Snapshotable<RngState> {
    private static final int DEVICE_TYPE = 4;
    private static final int QUEUE = 0;
    private static final int QUEUE_SIZE = 64;
    private static final long MOST_BYTES = 64 << 10;

    // Virtio.
    private @Nullable VirtioContext active;
    private final DescriptorChain chain = new DescriptorChain(QUEUE_SIZE);
    private final IoVector buffers = new IoVector(QUEUE_SIZE);

    // Transport.
    private final DeviceId id;
    private final VirtioPort port;

    // Device.
    private final EntropySource source;
    private final RngEvents events;
    private final OccurrenceLog failures;
    private final ChainServer server = this::serve;

    RngDevice(RngConfig config, Optional<RngState> saved, DeviceContext context) {
        id = context.id();
        events = config.events();
        failures = new OccurrenceLog(RngDevice.class, id.toString(), "has no random bytes");
        source = config.source().get();
        try (Rollback rollback = new Rollback(source::close)) {
            port = config.setup().attach(this, saved.map(RngState::virtio), context);
            rollback.cancel();
        }
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public int deviceType() {
        return DEVICE_TYPE;
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
        return ConfigSpace.EMPTY;
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
            context.serve(QUEUE, chain, server);
        }
    }

    private boolean serve(VirtQueue requests, DescriptorChain request) {
        requests.addUsed(request.head(), fill());
        return true;
    }

    /** Fills the chain. Returns the number of bytes, 0 for a chain that asks for none. */
    private int fill() {
        buffers.clear();
        if (chain.gatherWritable(buffers, 0, MOST_BYTES) == 0) {
            events.onRefused();
            return 0;
        }
        long filled = source.fill(buffers);
        if (filled < 0) {
            failures.add(-filled);
            events.onSourceFailed((int) -filled);
            return 0;
        }
        events.onFilled(filled);
        return (int) filled;
    }

    @Override
    public RngState save() {
        return new RngState(port.save());
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
        source.close();
    }

    /** {@code rng0}. */
    @Override
    public String toString() {
        return id.toString();
    }
}
