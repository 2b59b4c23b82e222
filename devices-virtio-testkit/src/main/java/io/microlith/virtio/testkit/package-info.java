// SPDX-License-Identifier: Apache-2.0
/**
 * A model of virtio's driver side, written from the specification and not from the devices, so that each checks the
 * other; and contracts for devices to be held to.
 */
@NullMarked
package io.microlith.virtio.testkit;

import org.jspecify.annotations.NullMarked;
