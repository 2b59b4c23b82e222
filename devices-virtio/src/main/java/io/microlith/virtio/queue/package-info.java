// SPDX-License-Identifier: Apache-2.0
/** Virtqueues, from the device's side, hardened against the driver's (VIRTIO 1.2, 2.6 to 2.8). */
@NullMarked
package io.microlith.virtio.queue;

import org.jspecify.annotations.NullMarked;
