// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pmem;

import io.microlith.linux.Errno;
import io.microlith.virtio.ChainServer;
import io.microlith.virtio.ConfigSpace;
import io.microlith.virtio.OccurrenceLog;
import io.microlith.virtio.Rollback;
import io.microlith.virtio.VirtioContext;
import io.microlith.virtio.VirtioDevice;
import io.microlith.virtio.VirtioPort;
import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.virtio.queue.VirtQueue;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.VmControl;
import io.microlith.vmm.error.DeviceException;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.event.Timer;
import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.state.Snapshotable;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Persistent memory (VIRTIO 1.2, 5.19): the guest reads and writes it like RAM, and asks here only to have it flushed.
 *
 * <p>It is no RAM that other devices could reach: a disk does not read into it.
 */
public final class PmemDevice implements Device, VirtioDevice, Snapshotable<PmemState> {
    /** What address and size are multiples of, in bytes: Linux takes no less. */
    public static final long ALIGNMENT = 2 << 20;

    private static final int DEVICE_TYPE = 27;
    private static final int QUEUE = 0;
    private static final int QUEUE_SIZE = 64;

    /** How often the backend is asked whether the memory is still there. */
    private static final long LOOK_NANOS = 1_000_000_000;

    // Virtio.
    private @Nullable VirtioContext active;
    private final DescriptorChain chain = new DescriptorChain(QUEUE_SIZE);

    // Transport.
    private final DeviceId id;
    private final VirtioPort port;

    // Device.
    private final PmemBackend backend;
    private final AddressRange place;
    private final Registration mapping;
    private final ConfigSpace configSpace;
    private final PmemRequest request = new PmemRequest(chain);
    private final PmemEvents events;
    private final OccurrenceLog failures;
    private final ChainServer server = this::serve;
    private final VmControl machine;
    private final Timer look;

    PmemDevice(PmemConfig config, Optional<PmemState> saved, DeviceContext context) {
        id = context.id();
        events = config.events();
        failures = new OccurrenceLog(PmemDevice.class, id.toString(), "could not flush");
        machine = context.control();
        backend = config.source().get();
        try (Rollback rollback = new Rollback(backend::close)) {
            MemorySegment memory = backend.memory();
            place = context.claimMemory(memory.byteSize(), ALIGNMENT);
            saved.ifPresent(state -> state.checked(place));
            configSpace = ConfigSpace.ofSize(2 * Long.BYTES)
                    .with(0, Long.BYTES, place.base())
                    .with(Long.BYTES, Long.BYTES, place.size());
            mapping = show(context, GuestRegion.anonymous(place.base(), memory));
            rollback.add(mapping::close);
            port = config.setup().attach(this, saved.map(PmemState::virtio), context);
            look = watch(context);
            rollback.cancel();
        }
    }

    private Registration show(DeviceContext context, GuestRegion region) {
        return backend.isReadOnly() ? context.mapReadOnlyMemory(region) : context.mapMemory(region);
    }

    private Timer watch(DeviceContext context) {
        try {
            Timer timer = new Timer(context.eventLoop(), this::look);
            timer.arm(LOOK_NANOS, LOOK_NANOS);
            return timer;
        } catch (RuntimeException e) {
            port.close();
            throw e;
        }
    }

    private void look() {
        if (!backend.isWhole()) {
            look.disarm();
            machine.fail(new DeviceException(
                    id.toString(), "its memory is not all there any more: who made the file shorter?"));
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
    public List<Integer> queueSizes() {
        return List.of(QUEUE_SIZE);
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
    }

    @Override
    public void queueNotify(int queue) {
        VirtioContext context = active;
        if (context != null) {
            context.serve(QUEUE, chain, server);
        }
    }

    private boolean serve(VirtQueue requests, DescriptorChain popped) {
        requests.addUsed(popped.head(), answer());
        return true;
    }

    /** Does what the chain asks for. Returns the number of bytes written into it. */
    private int answer() {
        if (!request.parse()) {
            events.onRefused();
            return 0;
        }
        if (request.type() != PmemRequest.FLUSH) {
            events.onRefused();
            return request.finish(PmemRequest.ERROR);
        }
        return request.finish(flush());
    }

    private int flush() {
        int result = backend.isReadOnly() ? 0 : backend.flush();
        if (result < 0) {
            failures.add(Errno.describe(-result));
            events.onFailed(-result);
            return PmemRequest.ERROR;
        }
        events.onFlushed();
        return PmemRequest.OK;
    }

    @Override
    public PmemState save() {
        return new PmemState(port.save(), place.base(), place.size());
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

    /** What the guest wrote and did not flush is the host's page cache's, and stays there. */
    @Override
    public void close() {
        look.close();
        port.close();
        mapping.close();
        backend.close();
    }

    /** {@code pmem0}. */
    @Override
    public String toString() {
        return id.toString();
    }
}
