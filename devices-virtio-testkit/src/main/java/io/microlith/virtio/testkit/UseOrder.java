// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

/** What a driver knows of the order in which its device gives chains back. */
public enum UseOrder {
    /** Nothing. */
    ANY,
    /**
     * It is that in which they were made available: VIRTIO_F_IN_ORDER. The device may leave out the used elements of
     * all chains of a batch but the last (VIRTIO 1.2, 2.7.9 and 2.8.8); those left out count as filled whole.
     */
    IN_ORDER
}
