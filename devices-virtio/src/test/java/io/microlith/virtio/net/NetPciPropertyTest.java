// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.virtio.pci.PciTransport;

/** The contract over PCI. */
class NetPciPropertyTest extends NetPropertyTest {
    @Override
    protected NetConfig config() {
        NetConfig overMmio = super.config();
        return overMmio.setup(overMmio.setup().over(new PciTransport()));
    }
}
