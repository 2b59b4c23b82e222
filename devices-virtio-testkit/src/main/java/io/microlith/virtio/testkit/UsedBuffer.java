// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

/**
 * A chain that a device gave back.
 *
 * @param id what the driver called it
 * @param written the bytes the device says it wrote
 */
public record UsedBuffer(int id, long written) {}
