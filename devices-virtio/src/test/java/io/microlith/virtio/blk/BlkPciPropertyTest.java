// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import io.microlith.virtio.pci.PciTransport;

/** The contract over PCI. */
class BlkPciPropertyTest extends BlkPropertyTest {
    @Override
    protected BlkConfig config() {
        BlkConfig overMmio = super.config();
        return overMmio.setup(overMmio.setup().over(new PciTransport()));
    }
}
