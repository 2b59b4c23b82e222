// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

/** How the two sides of a queue say what they want to hear of. */
public enum EventMode {
    /** By flags: everything, or nothing. */
    FLAGS,
    /** By an index: VIRTIO_F_EVENT_IDX. */
    INDEX
}
