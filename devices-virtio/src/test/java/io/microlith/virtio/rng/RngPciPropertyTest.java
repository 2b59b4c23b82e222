// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.rng;

import io.microlith.virtio.pci.PciTransport;

/** The contract over PCI. */
class RngPciPropertyTest extends RngPropertyTest {
    @Override
    protected RngConfig config() {
        RngConfig overMmio = super.config();
        return overMmio.setup(overMmio.setup().over(new PciTransport()));
    }
}
