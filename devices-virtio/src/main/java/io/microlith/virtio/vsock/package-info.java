// SPDX-License-Identifier: Apache-2.0
/** The socket device (VIRTIO 1.2, 5.10): streams between programs in the guest and on the host. */
@NullMarked
package io.microlith.virtio.vsock;

import org.jspecify.annotations.NullMarked;
