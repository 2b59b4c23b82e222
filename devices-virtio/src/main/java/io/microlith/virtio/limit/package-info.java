// SPDX-License-Identifier: Apache-2.0
/** How much a device may do in a second. */
@NullMarked
package io.microlith.virtio.limit;

import org.jspecify.annotations.NullMarked;
