// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.mmio;

import io.microlith.virtio.VirtioInterrupts;
import io.microlith.vmm.event.Notifier;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The one interrupt of a device on MMIO, and the register that says what it is for. It is edge-triggered and rung
 * through a notifier. Any thread.
 *
 * <p>A bit is set before the notifier is rung, so the driver that is interrupted finds it. A driver acknowledges the
 * bits it found before it looks at its queues: a bit that is set again after that comes with an edge of its own, which
 * the interrupt controller keeps while the driver still handles the last one.
 */
final class MmioInterrupts implements VirtioInterrupts {
    private final Notifier notifier = Notifier.create();
    private final AtomicInteger status = new AtomicInteger();

    @Override
    public void signalQueue(int queue) {
        raise(MmioRegisters.USED_BUFFER);
    }

    @Override
    public void signalConfig() {
        raise(MmioRegisters.CONFIG_CHANGE);
    }

    private void raise(int bit) {
        int before;
        do {
            before = status.get();
        } while (!status.compareAndSet(before, before | bit));
        notifier.signal();
    }

    /** Rings for what was not acknowledged before the device was saved: it may have been on its way. */
    void repeat() {
        if (status.get() != 0) {
            notifier.signal();
        }
    }

    void acknowledge(int bits) {
        int before;
        do {
            before = status.get();
        } while (!status.compareAndSet(before, before & ~bits));
    }

    int status() {
        return status.get();
    }

    void load(int bits) {
        status.set(bits);
    }

    /** What is to be bound to the interrupt. */
    Notifier notifier() {
        return notifier;
    }
}
