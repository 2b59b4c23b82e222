// SPDX-License-Identifier: Apache-2.0
/** The network device (VIRTIO 1.2, 5.1), and what its other end can be. */
@NullMarked
package io.microlith.virtio.net;

import org.jspecify.annotations.NullMarked;
