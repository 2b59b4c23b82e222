// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.mmio;

import io.microlith.virtio.VirtioInterrupts;
import io.microlith.vmm.event.Notifier;

/**
 * The one interrupt of a device on MMIO, and the register that says what it is for. It is edge-triggered and rung
 * through a notifier. Any thread.
 *
 * <p>A bit is set before the notifier is rung, so the driver that is interrupted finds it. A driver acknowledges the
 * bits it found before it looks at its queues: a bit that is set again after that comes with an edge of its own, which
 * the interrupt controller keeps while the driver still handles the last one.
 *
 * <p>Nearly all that drivers acknowledge are used buffers alone. That takes no exit to user space: it rings
 * {@link #acknowledged}, for which nobody waits. Who wants to know the bits, or to set one, looks there first.
 */
final class MmioInterrupts implements VirtioInterrupts, AutoCloseable {
    private final Notifier notifier = Notifier.create();
    private final Notifier acknowledged = Notifier.create();

    /** With the lock on this object held: a bit is never set between a look and what follows from it. */
    private int status;

    @Override
    public void signalQueue(int queue) {
        raise(MmioRegisters.USED_BUFFER);
    }

    @Override
    public void signalConfig() {
        raise(MmioRegisters.CONFIG_CHANGE);
    }

    private void raise(int bit) {
        synchronized (this) {
            status = current() | bit;
        }
        notifier.signal();
    }

    /** The bits without what was acknowledged meanwhile. With the lock held. */
    private int current() {
        return acknowledged.drain() ? status & ~MmioRegisters.USED_BUFFER : status;
    }

    /** Rings for what was not acknowledged before the device was saved: it may have been on its way. */
    void repeat() {
        if (status() != 0) {
            notifier.signal();
        }
    }

    synchronized void acknowledge(int bits) {
        status = current() & ~bits;
    }

    synchronized int status() {
        status = current();
        return status;
    }

    synchronized void load(int bits) {
        var _ = acknowledged.drain();
        status = bits;
    }

    /** What is to be bound to the interrupt. */
    Notifier notifier() {
        return notifier;
    }

    /** What is to be bound to the driver's write of {@link MmioRegisters#USED_BUFFER} as all that it acknowledges. */
    Notifier acknowledged() {
        return acknowledged;
    }

    /** Gives the notifiers back. Nothing is bound to them any more. */
    @Override
    public void close() {
        notifier.close();
        acknowledged.close();
    }
}
