// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pmem;

import io.microlith.virtio.pci.PciTransport;

/** The contract over PCI. */
class PmemPciPropertyTest extends PmemPropertyTest {
    @Override
    protected PmemConfig config() {
        PmemConfig overMmio = super.config();
        return overMmio.setup(overMmio.setup().over(new PciTransport()));
    }
}
