// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.vmm.bus.AddressRange;

/**
 * Guest-physical addresses at which a device shares memory with its driver (VIRTIO 1.2, 2.10).
 *
 * @param id what the device type calls it, 0 to 255
 * @param range where it is
 */
public record SharedMemoryRegion(int id, AddressRange range) {}
