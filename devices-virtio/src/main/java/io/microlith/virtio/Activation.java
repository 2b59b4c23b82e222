// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.virtio.queue.QueueCounts;
import io.microlith.virtio.queue.QueueLayout;
import io.microlith.virtio.queue.VirtQueue;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.memory.GuestMemory;
import java.util.LinkedHashSet;
import java.util.Set;

/** The life of a device: what it is called for, under the one lock, and what it can call. */
final class Activation implements VirtioContext {
    private final VirtioDevice device;
    private final VirtioCore core;
    private final Object lock;
    private final GuestMemory memory;
    private final PausableLoop loop;
    private final VirtioInterrupts interrupts;
    private final QueueInterrupt[] queueInterrupts;

    /** The queues of which no more chains could be taken in this turn. */
    private final boolean[] unfinished;

    /** The notifications of queues, made once. */
    private final Runnable[] notifications;

    private final OccurrenceLog failures;
    private final VirtioRecording recording;
    private final Turn turn;

    // Changed with the lock held.
    private volatile long features;
    private QueueLayout layout = new QueueLayout(QueueLayout.Format.SPLIT, false, false);
    private boolean active;

    /** What came while the device was paused, once each. */
    private final Set<Runnable> deferred = new LinkedHashSet<>();

    /** Whether the device threw: it is not called until it has been reset. */
    private boolean failed;

    /** What is wrong. */
    private String complaint = "";

    Activation(VirtioDevice device, VirtioCore core, Wiring wiring) {
        this.device = device;
        this.core = core;
        lock = wiring.lock;
        turn = wiring.turn;
        memory = wiring.memory;
        loop = new PausableLoop(wiring.loop);
        interrupts = wiring.interrupts;
        recording = wiring.recording;
        failures = new OccurrenceLog(Activation.class, wiring.name, "failed, and needs a reset by its driver");
        queueInterrupts = new QueueInterrupt[device.queueSizes().size()];
        unfinished = new boolean[queueInterrupts.length];
        notifications = new Runnable[queueInterrupts.length];
        for (int i = 0; i < queueInterrupts.length; i++) {
            int queue = i;
            notifications[i] = () -> device.queueNotify(queue);
            QueueCounts counts = core.queues().slot(queue).counts();
            queueInterrupts[i] = () -> {
                counts.interrupted();
                interrupts.signalQueue(queue);
            };
        }
    }

    /** What a life needs of the machine. */
    record Wiring(
            String name,
            Object lock,
            Turn turn,
            GuestMemory memory,
            EventLoop loop,
            VirtioInterrupts interrupts,
            VirtioRecording recording) {}

    /** The driver is ready. With the lock held. */
    void begin(long accepted) {
        features = accepted;
        layout = new QueueLayout(
                has(VirtioFeatures.RING_PACKED) ? QueueLayout.Format.PACKED : QueueLayout.Format.SPLIT,
                has(VirtioFeatures.EVENT_IDX),
                has(VirtioFeatures.INDIRECT_DESC));
        active = true;
        failed = false;
        complaint = "the device gave up";
        for (int i = 0; i < queueInterrupts.length; i++) {
            start(core.queues().slot(i));
        }
        call(() -> device.activate(this));
    }

    private void start(QueueSlot slot) {
        if (!slot.start(layout, memory)) {
            complaint = "a queue cannot be where its driver put it";
            needsReset();
        }
    }

    /** The driver enabled a queue, now or before it is ready. With the lock held. */
    void enabled(QueueSlot slot) {
        if (active) {
            start(slot);
        }
    }

    /** The driver reset a queue. With the lock held. */
    void reset(int queue) {
        call(() -> device.queueReset(queue));
    }

    /** The driver is gone. With the lock held. */
    void end() {
        if (active) {
            call(device::deactivate);
            failed = false;
            active = false;
            deferred.clear();
        }
    }

    /** The machine is: no call into the device any more, not even that. With the lock held. */
    void abandon() {
        active = false;
    }

    /** The driver rang. On the loop. */
    void handle(int queue) {
        if (turn.isClaimed()) {
            // A lock is nobody's by right: who only just gave it back could have it again before those who wait.
            core.queues().notifier(queue).signal();
            return;
        }
        synchronized (lock) {
            if (!loop.isPaused() && core.queues().slot(queue).isRunning()) {
                recording.notified(queue);
                call(notifications[queue]);
            }
        }
    }

    /**
     * Calls the device, if it lives. It is at fault if it throws; an {@link InternalError} is what Java makes of a
     * mapped file that was truncated.
     */
    private void call(Runnable body) {
        if (!active || failed) {
            return;
        }
        turn.begin();
        try {
            body.run();
        } catch (RuntimeException | InternalError e) {
            failed(e);
        }
        for (int i = 0; i < queueInterrupts.length; i++) {
            lookAfter(i);
        }
    }

    /** Sees to what a call may have left: a queue that broke, or one in which there may be more. */
    private void lookAfter(int queue) {
        QueueSlot slot = core.queues().slot(queue);
        if (slot.running().isBroken()) {
            complaint = "the driver broke a queue";
            needsReset();
        }
        if (unfinished[queue]) {
            unfinished[queue] = false;
            if (!loop.isPaused() && slot.isRunning()) {
                slot.notifier().signal();
            }
        }
    }

    /**
     * The device threw. With the lock held. It is told that its driver is gone, so that it lets go of what it watches:
     * nobody handles that any more, and a loop would find it ready for ever.
     */
    void failed(Throwable cause) {
        failures.add(cause);
        boolean first = active && !failed;
        failed = true;
        complaint = cause.toString();
        needsReset();
        if (first) {
            letGo();
        }
    }

    private void letGo() {
        try {
            device.deactivate();
        } catch (RuntimeException | InternalError e) {
            failures.add(e);
        }
    }

    /** Why the device needs a reset. With the lock held. */
    String complaint() {
        return complaint;
    }

    @Override
    public boolean mayGoOn(int queue) {
        boolean goOn = turn.mayGoOn();
        unfinished[queue] |= !goOn;
        return goOn;
    }

    @Override
    public GuestMemory memory() {
        return memory;
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public long features() {
        return features;
    }

    @Override
    public VirtQueue queue(int index) {
        return core.queues().slot(index).running();
    }

    @Override
    public QueueInterrupt interrupt(int queue) {
        return queueInterrupts[queue];
    }

    @Override
    public Runnable exclusive(Runnable task) {
        return () -> {
            synchronized (lock) {
                if (!loop.isPaused()) {
                    call(task);
                } else if (active) {
                    deferred.add(task);
                }
            }
        };
    }

    /** Lets nothing through to the device until {@link #resume}. With the lock held. */
    void pause() {
        loop.pause();
    }

    /** Does what waited, and looks at all queues, on the loop. With the lock held. */
    void resume() {
        if (!loop.isPaused()) {
            return;
        }
        loop.resume();
        deferred.forEach(task -> loop.execute(exclusive(task)));
        deferred.clear();
        for (int i = 0; i < queueInterrupts.length; i++) {
            QueueSlot slot = core.queues().slot(i);
            if (slot.isRunning()) {
                slot.notifier().signal();
            }
        }
    }

    @Override
    public void configChanged() {
        core.configChanged();
    }

    @Override
    public void needsReset() {
        core.needsReset();
    }
}
