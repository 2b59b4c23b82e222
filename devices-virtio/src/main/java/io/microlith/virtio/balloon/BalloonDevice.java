// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import io.microlith.virtio.ChainServer;
import io.microlith.virtio.ConfigSpace;
import io.microlith.virtio.OccurrenceLog;
import io.microlith.virtio.Rollback;
import io.microlith.virtio.VirtioContext;
import io.microlith.virtio.VirtioDevice;
import io.microlith.virtio.VirtioPort;
import io.microlith.virtio.VirtioState;
import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.virtio.queue.VirtQueue;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.event.Timer;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.state.Snapshotable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A balloon (VIRTIO 1.2, 5.5). Pages that the driver gives are given back to the host at once, whether the guest still
 * uses them or not: that is its own affair. Pages that come out of the balloon need nothing done: the host finds others
 * when they are touched.
 */
public final class BalloonDevice implements Device, VirtioDevice, Snapshotable<BalloonState> {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** The most pages of a chain that are seen to before others have their turn. */
    private static final int MOST_PAGES = 512;

    /** No target that there is. */
    private static final long UNKNOWN = -1;

    // Virtio.
    private volatile @Nullable VirtioContext active;
    private final DescriptorChain chain = new DescriptorChain(BalloonLayout.QUEUE_SIZE);
    private final List<Integer> queueSizes = Collections.nCopies(QueueRoles.COUNT, BalloonLayout.QUEUE_SIZE);
    private final long features;

    // Transport.
    private final DeviceId id;
    private final VirtioPort port;

    // Device.
    private final BalloonConfig config;
    private final BalloonControl control;
    private final BalloonEvents events;
    private final BalloonRegisters registers = new BalloonRegisters();
    private final GuestMemory memory;
    private final PageRuns pages;
    private final FreePages reported;
    private final FreePages hinted;
    private final Hinting hinting;
    private final StatisticsQueue statistics;
    private final byte[] numbers = new byte[MOST_PAGES * Integer.BYTES];
    private final ChainServer inflater = this::inflate;
    private final ChainServer deflater = this::deflate;
    private final ChainServer reporter = this::report;
    private final ChainServer hinter = this::hint;

    /** The bytes of the first chain in the inflate queue that were seen to. */
    private long inflated;

    /** Rung by who holds the control. */
    private final Notifier wake = Notifier.create();

    private final AtomicBoolean hintsWanted = new AtomicBoolean();
    private @Nullable Registration wakeHandler;
    private @Nullable Timer statisticsTimer;

    /** The target that the guest was told last. */
    private long announced;

    /** Whether it is about to go on as it was saved: what its guest was told, and what is wanted now, may differ. */
    private boolean restored;

    BalloonDevice(BalloonConfig config, Optional<BalloonState> saved, DeviceContext context) {
        this.config = config;
        id = context.id();
        memory = context.memory();
        control = config.control();
        events = config.events();
        features = BalloonLayout.features(config);
        pages = new PageRuns(
                events, new OccurrenceLog(BalloonDevice.class, id.toString(), "could not give pages back to the host"));
        reported = new FreePages(pages);
        hinted = new FreePages(pages);
        hinting = new Hinting(registers, control);
        statistics = new StatisticsQueue(chain, this::tell);
        try (Rollback rollback = new Rollback(this::closeHandlers)) {
            saved.ifPresent(this::restore);
            control.connect(new Handle());
            rollback.add(control::disconnect);
            port = config.setup().attach(this, saved.map(BalloonState::virtio), context);
            rollback.cancel();
        }
    }

    private void restore(BalloonState state) {
        state.checked();
        restored = true;
        control.restoreTarget(state.target());
        registers.actual(state.actual());
        registers.poison(state.poison());
        registers.command(state.command());
        hinting.restore(state.command(), state.hinting());
        control.actualPages(Integer.toUnsignedLong(state.actual()));
    }

    @Override
    public DeviceId id() {
        return id;
    }

    /** The embedder's hand on this balloon: for who finds it among a VM's devices and did not configure it. */
    public BalloonControl control() {
        return control;
    }

    @Override
    public int deviceType() {
        return BalloonLayout.DEVICE_TYPE;
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
        return BalloonLayout.config(control.targetPages(), registers);
    }

    @Override
    public void writeConfig(long offset, int size, long value) {
        if (size != Integer.BYTES) {
            return;
        }
        if (offset == BalloonLayout.ACTUAL) {
            registers.actual((int) value);
            control.actualPages(value);
            events.onActual(control.actual());
        } else if (offset == BalloonLayout.POISON) {
            registers.poison((int) value);
        }
    }

    @Override
    public void activate(VirtioContext context) {
        active = context;
        announced = restored ? UNKNOWN : control.targetPages();
        restored = false;
        if (wakeHandler == null) {
            wakeHandler = context.loop().onSignal(wake, context.exclusive(this::lookAround));
        }
        if (context.has(BalloonLayout.F_STATS_VQ)) {
            Timer timer = statisticsTimer;
            if (timer == null) {
                timer = new Timer(context.loop(), context.exclusive(this::askForStatistics));
                statisticsTimer = timer;
            }
            timer.arm(config.statistics().toNanos(), config.statistics().toNanos());
        }
        wake.signal();
    }

    @Override
    public void deactivate() {
        active = null;
        registers.reset();
        control.actualPages(0);
        hinting.reset();
        hintsWanted.set(false);
        inflated = 0;
        reported.reset();
        hinted.reset();
        if (statisticsTimer != null) {
            statisticsTimer.disarm();
        }
    }

    @Override
    public void queueReset(int queue) {
        inflated = 0;
        reported.reset();
        hinted.reset();
    }

    @Override
    public void queueNotify(int queue) {
        VirtioContext context = active;
        if (context == null) {
            return;
        }
        switch (QueueRoles.of(queue, context)) {
            case INFLATE -> context.serve(queue, chain, inflater);
            case DEFLATE -> context.serve(queue, chain, deflater);
            case STATISTICS -> statistics.read(context);
            case HINTING -> context.serve(queue, chain, hinter);
            case REPORTING -> context.serve(queue, chain, reporter);
            case NONE -> {}
        }
    }

    private boolean inflate(VirtQueue queue, DescriptorChain given) {
        long left = given.readableBytes() - inflated;
        int length = (int) Math.min(numbers.length, left) / Integer.BYTES * Integer.BYTES;
        if (length > 0 && given.read(inflated, numbers, 0, length)) {
            for (int at = 0; at < length; at += Integer.BYTES) {
                pages.addPage(Integer.toUnsignedLong((int) INT.get(numbers, at)), memory);
            }
            events.onInflated(pages.finish(memory));
            inflated += length;
        } else {
            events.onRefused();
        }
        if (length > 0 && left - length >= Integer.BYTES) {
            queue.undoPop();
            return true;
        }
        inflated = 0;
        queue.addUsed(given.head(), 0);
        return true;
    }

    private boolean deflate(VirtQueue queue, DescriptorChain taken) {
        events.onDeflated(taken.readableBytes() / Integer.BYTES << BalloonLayout.PAGE_SHIFT);
        queue.addUsed(taken.head(), 0);
        return true;
    }

    private boolean report(VirtQueue queue, DescriptorChain free) {
        if (free.writableBytes() == 0) {
            events.onRefused();
        } else if (mayDiscardFreePages()) {
            events.onReported(reported.next(free, memory));
            if (!reported.isDone(free)) {
                queue.undoPop();
                return true;
            }
        }
        queue.addUsed(free.head(), 0);
        return true;
    }

    private boolean hint(VirtQueue queue, DescriptorChain said) {
        VirtioContext context = active;
        if (context != null && said.readableBytes() > 0) {
            hinting.hear(said, context);
        } else if (hinting.isBegun() && mayDiscardFreePages()) {
            long bytes = hinted.next(said, memory);
            hinting.add(bytes);
            events.onHinted(bytes);
            if (!hinted.isDone(said)) {
                queue.undoPop();
                return true;
            }
        }
        queue.addUsed(said.head(), 0);
        return true;
    }

    /** A page that is given back reads as zero. Where the driver relies on finding a pattern, it would not. */
    private boolean mayDiscardFreePages() {
        VirtioContext context = active;
        return context != null && (!context.has(BalloonLayout.F_PAGE_POISON) || registers.poison() == 0);
    }

    private void tell(BalloonStatistics said) {
        control.statistics(said);
        events.onStatistics(said);
    }

    private void askForStatistics() {
        VirtioContext context = active;
        if (context != null) {
            statistics.ask(context);
        }
    }

    /** Sees to what the embedder wants. */
    private void lookAround() {
        VirtioContext context = active;
        if (context == null) {
            return;
        }
        if (control.targetPages() != announced) {
            announced = control.targetPages();
            context.configChanged();
        }
        if (hintsWanted.getAndSet(false)) {
            hinting.begin(context);
        }
    }

    /** What the embedder's control reaches. Any thread. */
    private final class Handle implements BalloonControl.Owner {
        @Override
        public void targetChanged() {
            wake.signal();
        }

        @Override
        public boolean hintWanted() {
            VirtioContext context = active;
            if (context == null || !context.has(BalloonLayout.F_FREE_PAGE_HINT)) {
                return false;
            }
            hintsWanted.set(true);
            wake.signal();
            return true;
        }
    }

    @Override
    public BalloonState save() {
        VirtioState virtio = port.save();
        return new BalloonState(
                virtio,
                control.targetPages(),
                registers.actual(),
                registers.poison(),
                registers.command(),
                hinting.isBegun() ? 1 : 0);
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
        control.disconnect();
        closeHandlers();
    }

    private void closeHandlers() {
        if (wakeHandler != null) {
            wakeHandler.close();
        }
        if (statisticsTimer != null) {
            statisticsTimer.close();
        }
        wake.close();
    }

    /** {@code balloon0}. */
    @Override
    public String toString() {
        return id.toString();
    }
}
