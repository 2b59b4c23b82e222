// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.virtio.pci.PciTransport;

/** The contract over PCI. */
class ConsolePciPropertyTest extends ConsolePropertyTest {
    @Override
    protected ConsoleConfig config() {
        ConsoleConfig overMmio = super.config();
        return overMmio.setup(overMmio.setup().over(new PciTransport()));
    }
}
