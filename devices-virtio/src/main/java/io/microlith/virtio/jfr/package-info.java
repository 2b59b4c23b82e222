// SPDX-License-Identifier: Apache-2.0
/** The events of virtio devices in a flight recording. Nobody may touch these classes unless one is being made. */
@NullMarked
package io.microlith.virtio.jfr;

import org.jspecify.annotations.NullMarked;
