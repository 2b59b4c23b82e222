// SPDX-License-Identifier: Apache-2.0
/** What every virtio device and transport shares: features, status, set-up of queues (VIRTIO 1.2, chapters 2 to 4). */
@NullMarked
package io.microlith.virtio;

import org.jspecify.annotations.NullMarked;
