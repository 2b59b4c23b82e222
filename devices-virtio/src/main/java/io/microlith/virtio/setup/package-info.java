// SPDX-License-Identifier: Apache-2.0
/** What an embedder decides about every virtio device: transport, event loop, queues. */
@NullMarked
package io.microlith.virtio.setup;

import org.jspecify.annotations.NullMarked;
