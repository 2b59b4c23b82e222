// SPDX-License-Identifier: Apache-2.0
/** Persistent memory: a file in the guest's address space (VIRTIO 1.2, 5.19). */
@NullMarked
package io.microlith.virtio.pmem;

import org.jspecify.annotations.NullMarked;
