// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.virtio.pci.PciTransport;

/** The contract over PCI. */
class VsockPciPropertyTest extends VsockPropertyTest {
    @Override
    protected VsockConfig config() {
        VsockConfig overMmio = super.config();
        return overMmio.setup(overMmio.setup().over(new PciTransport()));
    }
}
