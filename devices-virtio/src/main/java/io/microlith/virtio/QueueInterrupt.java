// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

/** How a device tells its driver of one queue that it gave chains back. Any thread. */
@FunctionalInterface
public interface QueueInterrupt {
    /** Interrupts the guest. For chains given back, ask the queue before whether the driver wants that. */
    void signal();
}
