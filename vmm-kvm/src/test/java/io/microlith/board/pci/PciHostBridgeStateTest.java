// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import io.microlith.testkit.StateContract;
import io.microlith.vmm.state.StateReader;

class PciHostBridgeStateTest extends StateContract<PciHostBridge, PciHostState> {
    private record Bridge(PciMachine machine) implements Subject<PciHostBridge> {
        @Override
        public PciHostBridge part() {
            return machine.bridge;
        }

        @Override
        public void use() {
            machine.configWrite(0, 0x3c, machine.configRead(0, 0x3c) + 1 & 0xff);
        }
    }

    @Override
    protected Subject<PciHostBridge> create() {
        return new Bridge(new PciMachine());
    }

    @Override
    protected Subject<PciHostBridge> restore(PciHostState state) {
        return new Bridge(new PciMachine(state));
    }

    @Override
    protected PciHostState read(StateReader reader) {
        return PciHostState.read(reader);
    }
}
