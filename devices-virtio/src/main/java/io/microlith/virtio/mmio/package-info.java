// SPDX-License-Identifier: Apache-2.0
/** Virtio over MMIO, version 2 (VIRTIO 1.2, 4.2). */
@NullMarked
package io.microlith.virtio.mmio;

import org.jspecify.annotations.NullMarked;
