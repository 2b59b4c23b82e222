// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.virtio.pci.PciTransport;
import io.microlith.virtio.setup.VirtioSetup;

/** The contract over PCI. */
class NetPciPropertyTest extends NetPropertyTest {
    @Override
    VirtioSetup setup() {
        return super.setup().over(new PciTransport());
    }
}
