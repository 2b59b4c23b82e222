// SPDX-License-Identifier: Apache-2.0
/** The console device (VIRTIO 1.2, 5.3). */
@NullMarked
package io.microlith.virtio.console;

import org.jspecify.annotations.NullMarked;
