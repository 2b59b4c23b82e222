// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import io.microlith.virtio.pci.PciTransport;

/** The contract over PCI. */
class BalloonPciPropertyTest extends BalloonPropertyTest {
    @Override
    protected BalloonConfig config() {
        BalloonConfig overMmio = super.config();
        return overMmio.setup(overMmio.setup().over(new PciTransport()));
    }
}
