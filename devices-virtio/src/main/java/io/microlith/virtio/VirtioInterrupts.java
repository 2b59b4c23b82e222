// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

/** How a transport interrupts the guest for a device. Any thread; never blocks. */
public interface VirtioInterrupts {
    /** Chains of a queue were given back: by the vector of that queue, where queues have vectors. */
    void signalQueue(int queue);

    /** The configuration changed, or the device needs a reset: by the vector for that. */
    void signalConfig();
}
