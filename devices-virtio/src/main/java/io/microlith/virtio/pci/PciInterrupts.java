// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pci;

import io.microlith.virtio.VirtioInterrupts;
import io.microlith.vmm.bus.pci.PciConfigSpace;
import io.microlith.vmm.device.pci.PciMsix;
import io.microlith.vmm.event.InterruptLine;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * The interrupts of a device on PCI: messages by the vectors that its driver chose or, while MSI-X is off, the level of
 * the function's pin and the ISR status that says what it is for (VIRTIO 1.2, 4.1.4.5 and 4.1.5.1.2).
 *
 * <p>Any thread. A queue's message takes no lock. The pin is driven inside a lock of this object, in which it takes
 * that of the configuration space and no others; it is high from the first signal until the driver reads the status.
 */
final class PciInterrupts implements VirtioInterrupts {
    private final PciMsix msix;
    private final PciConfigSpace config;

    /** Of each queue, and then of the configuration. */
    private final AtomicIntegerArray vectors;

    /** Guarded by this, as are the next. */
    private int isr;

    private @Nullable InterruptLine line;
    private boolean high;

    PciInterrupts(PciMsix msix, PciConfigSpace config, int queues) {
        this.msix = msix;
        this.config = config;
        vectors = new AtomicIntegerArray(queues + 1);
        forgetVectors();
    }

    @Override
    public void signalQueue(int queue) {
        if (msix.isEnabled()) {
            // None is a vector that is not there.
            msix.signal(vectors.get(queue));
        } else {
            raise(PciRegisters.QUEUE_INTERRUPT);
        }
    }

    @Override
    public void signalConfig() {
        // The status says so in any case (4.1.4.5.1).
        raise(PciRegisters.CONFIG_INTERRUPT);
        msix.signal(vectors.get(vectors.length() - 1));
    }

    private synchronized void raise(int bit) {
        isr |= bit;
        drive();
    }

    /** The driver reads the ISR status, which is its acknowledgement. */
    synchronized int acknowledge() {
        int status = isr;
        isr = 0;
        drive();
        return status;
    }

    /** The driver may have switched MSI-X, or the pin. */
    synchronized void update() {
        drive();
    }

    /** Drives the pin from now on: at once, if it was high when the device was saved. */
    synchronized void connect(InterruptLine pin) {
        line = pin;
        drive();
    }

    /** Lets go of the pin. */
    synchronized void disconnect() {
        isr = 0;
        drive();
        line = null;
    }

    private void drive() {
        boolean wanted = isr != 0 && !msix.isEnabled();
        config.setInterruptStatus(wanted);
        boolean level = wanted && !config.isInterruptDisabled();
        InterruptLine pin = line;
        if (pin != null && level != high) {
            high = level;
            pin.setLevel(level);
        }
    }

    /** The vector of a queue, or none if there is no such queue. */
    int queueVector(int queue) {
        return isQueue(queue) ? vectors.get(queue) : PciRegisters.NO_VECTOR;
    }

    /** Chooses the vector of a queue: none if the function does not have it. */
    void setQueueVector(int queue, int vector) {
        if (isQueue(queue)) {
            vectors.set(queue, checked(vector));
        }
    }

    private boolean isQueue(int queue) {
        return queue >= 0 && queue < vectors.length() - 1;
    }

    int configVector() {
        return vectors.get(vectors.length() - 1);
    }

    void setConfigVector(int vector) {
        vectors.set(vectors.length() - 1, checked(vector));
    }

    private int checked(int vector) {
        return vector >= 0 && vector < msix.layout().vectors() ? vector : PciRegisters.NO_VECTOR;
    }

    /** The driver resets the device: what it chose is forgotten, and so is what it was interrupted for. */
    void reset() {
        forgetVectors();
        int _ = acknowledge();
    }

    private void forgetVectors() {
        for (int i = 0; i < vectors.length(); i++) {
            vectors.set(i, PciRegisters.NO_VECTOR);
        }
    }

    synchronized int status() {
        return isr;
    }

    int[] vectors() {
        int[] all = new int[vectors.length()];
        for (int i = 0; i < all.length; i++) {
            all[i] = vectors.get(i);
        }
        return all;
    }

    /** Takes over what was saved. */
    synchronized void load(int status, int[] saved) {
        isr = status;
        for (int i = 0; i < saved.length; i++) {
            vectors.set(i, saved[i]);
        }
    }
}
