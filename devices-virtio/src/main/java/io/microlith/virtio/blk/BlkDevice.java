// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import io.microlith.linux.Errno;
import io.microlith.virtio.ChainServer;
import io.microlith.virtio.ConfigSpace;
import io.microlith.virtio.Rollback;
import io.microlith.virtio.VirtioContext;
import io.microlith.virtio.VirtioDevice;
import io.microlith.virtio.VirtioPort;
import io.microlith.virtio.limit.RateLimiter;
import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.virtio.queue.VirtQueue;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.event.Timer;
import io.microlith.vmm.state.Snapshotable;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A disk (VIRTIO 1.2, 5.2). Every request is completed, with an error if it has to be; one that the rate limiter does
 * not let through stays in its queue until it does. Large ones are served in slices, so that whoever waits for the
 * device does not wait for all of a request.
 */
public final class BlkDevice implements Device, VirtioDevice, Snapshotable<BlkState> {
    private static final Logger LOG = LoggerFactory.getLogger(BlkDevice.class);

    // Virtio.
    private @Nullable VirtioContext active;
    private final DescriptorChain chain = new DescriptorChain(BlkLayout.QUEUE_SIZE);
    private final List<Integer> queueSizes;

    // Transport.
    private final DeviceId id;
    private final VirtioPort port;

    // Device.
    private final BlockBackend backend;
    private final BlkExecutor executor;
    private final RateLimiter limiter;
    private final BlkEvents events;
    private final ConfigSpace configSpace;
    private final ChainServer server = this::serve;
    private final BlkProgress[] progress;
    private int serving;
    private @Nullable Timer retry;

    BlkDevice(BlkConfig config, Optional<BlkState> saved, DeviceContext context) {
        id = context.id();
        events = config.events();
        limiter = config.limiter();
        queueSizes = Collections.nCopies(config.queues(), BlkLayout.QUEUE_SIZE);
        backend = config.source().get();
        executor = new BlkExecutor(backend, config, id.toString(), chain, this::mayGoOn);
        progress = new BlkProgress[config.queues()];
        Arrays.setAll(progress, _ -> new BlkProgress());
        configSpace = BlkLayout.config(executor.sectors(), config.queues());
        try (Rollback rollback = new Rollback(backend::close)) {
            saved.ifPresent(state -> state.checked(executor.sectors()));
            port = config.setup().attach(this, saved.map(BlkState::virtio), context);
            rollback.cancel();
        }
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public int deviceType() {
        return BlkLayout.DEVICE_TYPE;
    }

    @Override
    public long deviceFeatures() {
        return BlkLayout.features(backend);
    }

    @Override
    public boolean completesInOrder() {
        return true;
    }

    @Override
    public List<Integer> queueSizes() {
        return queueSizes;
    }

    @Override
    public ConfigSpace configSpace() {
        return configSpace;
    }

    @Override
    public void activate(VirtioContext context) {
        active = context;
    }

    @Override
    public void deactivate() {
        active = null;
        for (BlkProgress each : progress) {
            each.clear();
        }
        if (retry != null) {
            retry.disarm();
        }
    }

    @Override
    public void queueNotify(int queue) {
        VirtioContext context = active;
        if (context != null) {
            serving = queue;
            context.serve(queue, chain, server);
        }
    }

    @Override
    public void queueReset(int queue) {
        progress[queue].clear();
    }

    private boolean serve(VirtQueue requests, DescriptorChain request) {
        BlkProgress its = progress[serving];
        long wait = its.isBegun() ? 0 : limiter.take(executor.cost());
        if (wait > 0) {
            requests.undoPop();
            events.onThrottled();
            retryAfter(wait);
            return false;
        }
        its.begin();
        int written = executor.serve(its);
        if (written == BlkExecutor.UNFINISHED) {
            requests.undoPop();
            return false;
        }
        its.clear();
        requests.addUsed(request.head(), written);
        return true;
    }

    private boolean mayGoOn() {
        return Objects.requireNonNull(active, "only an active device is called").mayGoOn(serving);
    }

    private void retryAfter(long nanos) {
        Timer timer = retry;
        if (timer == null) {
            VirtioContext context = Objects.requireNonNull(active, "only an active device is called");
            timer = new Timer(context.loop(), context.exclusive(this::retry));
            retry = timer;
        }
        timer.arm(nanos, 0);
    }

    private void retry() {
        for (int i = 0; i < queueSizes.size(); i++) {
            queueNotify(i);
        }
    }

    @Override
    public BlkState save() {
        return new BlkState(port.save(), executor.sectors());
    }

    @Override
    public void pause() {
        port.pause();
        int result = backend.settle();
        if (result < 0) {
            LOG.warn("device={} a copy of its medium may miss what was written: {}", id, Errno.describe(-result));
        }
    }

    @Override
    public void resume() {
        port.resume();
    }

    @Override
    public void reset() {
        port.reset();
    }

    /** What the guest wrote and did not flush is the host's page cache's, and stays there. */
    @Override
    public void close() {
        port.close();
        if (retry != null) {
            retry.close();
        }
        backend.close();
    }

    /** {@code blk0}. */
    @Override
    public String toString() {
        return id.toString();
    }
}
