// SPDX-License-Identifier: Apache-2.0
/** Virtio over PCI, without the legacy interface (VIRTIO 1.2, 4.1). */
@NullMarked
package io.microlith.virtio.pci;

import org.jspecify.annotations.NullMarked;
