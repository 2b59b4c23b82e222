// SPDX-License-Identifier: Apache-2.0
/** The entropy device (VIRTIO 1.2, 5.4). */
@NullMarked
package io.microlith.virtio.rng;

import org.jspecify.annotations.NullMarked;
