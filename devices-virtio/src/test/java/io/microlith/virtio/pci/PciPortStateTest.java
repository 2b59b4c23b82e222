// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pci;

import io.microlith.testkit.StateContract;
import io.microlith.virtio.VirtioState;
import io.microlith.vmm.state.StateReader;

class PciPortStateTest extends StateContract<PciPort, VirtioState> {
    private record Function(PciMachine machine) implements Subject<PciPort> {
        @Override
        public PciPort part() {
            return (PciPort) machine.port;
        }

        /** Selects another queue. */
        @Override
        public void use() {
            machine.place();
            machine.store(0x16, 2, machine.load(0x16, 2) + 1);
        }

        @Override
        public void close() {
            machine.close();
        }
    }

    @Override
    protected Subject<PciPort> create() {
        return new Function(new PciMachine());
    }

    @Override
    protected Subject<PciPort> restore(VirtioState state) {
        return new Function(new PciMachine(state));
    }

    @Override
    protected VirtioState read(StateReader reader) {
        return VirtioState.read(reader);
    }
}
