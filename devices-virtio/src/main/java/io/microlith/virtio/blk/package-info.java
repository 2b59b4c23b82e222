// SPDX-License-Identifier: Apache-2.0
/** The block device (VIRTIO 1.2, 5.2), and what a disk can be made of. */
@NullMarked
package io.microlith.virtio.blk;

import org.jspecify.annotations.NullMarked;
