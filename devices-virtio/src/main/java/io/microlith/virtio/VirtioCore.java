// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.state.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What all transports have in common: the device status, the agreement about features, the set-up of queues, and the
 * life of the device behind them (VIRTIO 1.2, chapters 2 and 3). A transport is a map of its registers onto this.
 *
 * <p>Any thread. Reading the status and the configuration takes no lock. All else takes the one lock that the device is
 * called under, so a driver that sets up waits for the queue handler that runs, for as long as
 * {@link VirtioContext#mayGoOn(int)} lets it. Who writes the status, resets, saves or closes has it end after the
 * request under way, and comes next.
 */
public final class VirtioCore implements AutoCloseable {
    private final VirtioDevice device;
    private final PausableInterrupts interrupts;
    private final LoopChoice.Lease loop;
    private final Object lock = new Object();
    private final Turn turn = new Turn();
    private final FeatureRegisters features;
    private final QueueRegisters queues;
    private final Activation activation;
    private final VirtioRecording recording;
    private final List<Registration> handlers = new ArrayList<>();

    // Changed with the lock held.
    private volatile int status;

    /** It was restored, and not resumed since. With the lock held. */
    private boolean asleep;

    private final AtomicInteger configGeneration = new AtomicInteger();

    /** What the driver last read of. */
    private final AtomicReference<@Nullable ConfigSpace> configRead = new AtomicReference<>();

    /**
     * Makes the core of a device.
     *
     * @param device the device behind it
     * @param link how it is to be served
     * @param saved what it was, or empty for a device at power-on
     * @param interrupts the transport's way to the guest
     * @param context the machine
     * @throws io.microlith.vmm.error.InvalidStateException if the saved state breaks a rule
     */
    public VirtioCore(
            VirtioDevice device,
            VirtioLink link,
            Optional<VirtioState> saved,
            VirtioInterrupts interrupts,
            DeviceContext context) {
        this.device = device;
        this.interrupts = new PausableInterrupts(interrupts);
        long offered = offered(device, link);
        saved.ifPresent(state -> state.checked(device, offered));
        features = new FeatureRegisters(lock, offered);
        queues = new QueueRegisters(lock, new QueueLife(), device.queueSizes());
        recording = new VirtioRecording(context.vm(), context.id().toString(), queues.counts());
        loop = link.loop().lease(context);
        activation = new Activation(
                device,
                this,
                new Activation.Wiring(
                        context.id().toString(),
                        lock,
                        turn,
                        context.memory(),
                        loop.loop(),
                        this.interrupts,
                        recording));
        saved.ifPresent(this::restore);
    }

    private static long offered(VirtioDevice device, VirtioLink link) {
        long own = device.deviceFeatures() & ~VirtioFeatures.RESERVED;
        long ofQueues =
                device.completesInOrder() ? link.queueFeatures() : link.queueFeatures() & ~VirtioFeatures.IN_ORDER;
        return own | ofQueues | VirtioFeatures.VERSION_1;
    }

    private void restore(VirtioState state) {
        pauseNow();
        asleep = true;
        status = state.status();
        configGeneration.set(state.configGeneration());
        features.restore(state);
        queues.restore(state);
    }

    /**
     * Begins to serve notifications. Called once, by the transport, when it is ready to interrupt. A device that was
     * restored waits for {@link #resume}.
     */
    public void start() {
        synchronized (lock) {
            for (int i = 0; i < queues.count(); i++) {
                int queue = i;
                handlers.add(loop.loop().onSignal(queues.notifier(i), () -> activation.handle(queue)));
            }
        }
    }

    /** Has the device leave memory and interrupts alone from now on: what comes waits. Pausing twice is once. */
    public void pause() {
        turn.claim();
        synchronized (lock) {
            turn.giveUp();
            pauseNow();
        }
    }

    private void pauseNow() {
        activation.pause();
        interrupts.pause();
    }

    /**
     * Goes on, or comes back to life if it was restored, and looks at all queues: what was rung for meanwhile, or
     * before the device was saved, is not lost. That the same holds for interrupts from before that is the transport's
     * concern. Without effect if it is not paused.
     */
    public void resume() {
        synchronized (lock) {
            interrupts.resume();
            if (asleep && (status & DeviceStatus.DRIVER_OK) != 0) {
                begin("RESTORED");
            }
            asleep = false;
            activation.resume();
        }
    }

    /**
     * The state now.
     *
     * @param transport the transport's name
     * @param registers what it has itself; asked for while the device is not called, so that no interrupt is between
     *     the two
     */
    public VirtioState save(String transport, Supplier<ByteString> registers) {
        turn.claim();
        synchronized (lock) {
            turn.giveUp();
            return new VirtioState(
                    transport,
                    status,
                    features.deviceSelect(),
                    features.driverSelect(),
                    features.accepted(),
                    queues.selected(),
                    configGeneration.get(),
                    queues.save(),
                    registers.get());
        }
    }

    /** The number of the device type. */
    public int deviceType() {
        return device.deviceType();
    }

    /** The features of both sides. */
    public FeatureRegisters features() {
        return features;
    }

    /** The queues. */
    public QueueRegisters queues() {
        return queues;
    }

    /** The device status. */
    public int status() {
        return status;
    }

    /**
     * The driver writes the device status: 0 resets, every other value adds bits (VIRTIO 1.2, 2.1.1). FEATURES_OK is
     * not added if the features do not fit, nor DRIVER_OK without it.
     */
    public void writeStatus(int value) {
        turn.claim();
        synchronized (lock) {
            turn.giveUp();
            if ((value & 0xff) == 0) {
                reset();
                return;
            }
            int added = value & DeviceStatus.ALL & ~DeviceStatus.NEEDS_RESET & ~status;
            if ((added & DeviceStatus.FEATURES_OK) != 0 && !features.agree()) {
                added &= ~DeviceStatus.FEATURES_OK;
            }
            if (((status | added) & DeviceStatus.FEATURES_OK) == 0) {
                added &= ~DeviceStatus.DRIVER_OK;
            }
            status |= added;
            if ((added & DeviceStatus.DRIVER_OK) != 0) {
                begin("ACTIVE");
            }
        }
    }

    /** The device lives. With the lock held. */
    private void begin(String state) {
        if (recording.isOn()) {
            recording.state(state, "features=0x" + Long.toHexString(features.accepted()));
        }
        activation.begin(features.accepted());
    }

    /** Puts everything into power-on state. */
    public void reset() {
        turn.claim();
        synchronized (lock) {
            turn.giveUp();
            activation.end();
            queues.resetAll();
            features.reset();
            if (status != 0) {
                recording.state("RESET", "");
            }
            status = 0;
        }
    }

    /**
     * Changes whenever the configuration did, at the latest when the driver reads something of the other: it reads a
     * long field in pieces, and takes them for one if this has not changed meanwhile (VIRTIO 1.2, 2.5.1).
     */
    public int configGeneration() {
        return configGeneration.get();
    }

    /** The driver reads the configuration; zero where there is none. */
    public long readConfig(long offset, int size) {
        try {
            ConfigSpace now = device.configSpace();
            ConfigSpace before = configRead.getAndSet(now);
            if (before != null && !before.isSameAs(now)) {
                var _ = configGeneration.incrementAndGet();
            }
            return now.read(offset, size);
        } catch (RuntimeException | InternalError e) {
            failed(e);
            return 0;
        }
    }

    /** The driver writes the configuration. */
    public void writeConfig(long offset, int size, long value) {
        try {
            device.writeConfig(offset, size, value);
        } catch (RuntimeException | InternalError e) {
            failed(e);
        }
    }

    /** The device threw outside its handlers, on a vCPU's thread. */
    private void failed(Throwable cause) {
        synchronized (lock) {
            activation.failed(cause);
        }
    }

    /** Tells the driver that the configuration changed. */
    void configChanged() {
        synchronized (lock) {
            var _ = configGeneration.incrementAndGet();
            if ((status & DeviceStatus.DRIVER_OK) != 0) {
                interrupts.signalConfig();
            }
        }
    }

    /** Tells the driver that the device cannot go on. */
    void needsReset() {
        synchronized (lock) {
            // Not for a driver that is gone: the next one would find a device that is broken before it began.
            if ((status & (DeviceStatus.DRIVER_OK | DeviceStatus.NEEDS_RESET)) == DeviceStatus.DRIVER_OK) {
                status |= DeviceStatus.NEEDS_RESET;
                recording.state("NEEDS_RESET", activation.complaint());
                interrupts.signalConfig();
            }
        }
    }

    /** Ends all calls into the device, and waits for one that is under way. */
    @Override
    public void close() {
        turn.claim();
        synchronized (lock) {
            turn.giveUp();
            activation.abandon();
        }
        recording.close();
        handlers.forEach(Registration::close);
        // Not with the lock held: a thread of the device's own is waited for, and may be waiting for the lock.
        loop.close();
        queues.close();
    }

    private final class QueueLife implements QueueRegisters.Life {
        @Override
        public boolean mayEnable() {
            return (status & DeviceStatus.FEATURES_OK) != 0;
        }

        @Override
        public void enabled(QueueSlot slot) {
            activation.enabled(slot);
        }

        @Override
        public void reset(int queue) {
            activation.reset(queue);
        }
    }
}
