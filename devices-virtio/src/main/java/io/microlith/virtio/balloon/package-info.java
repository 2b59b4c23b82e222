// SPDX-License-Identifier: Apache-2.0
/** The balloon device (VIRTIO 1.2, 5.5): memory that goes from a guest to its host, and back. */
@NullMarked
package io.microlith.virtio.balloon;

import org.jspecify.annotations.NullMarked;
