// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.echo;

import io.microlith.virtio.pci.PciTransport;
import io.microlith.virtio.setup.VirtioSetup;

/** The contract over PCI. */
class EchoPciPropertyTest extends EchoPropertyTest {
    @Override
    protected VirtioSetup config() {
        return super.config().over(new PciTransport());
    }
}
