// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit.pci;

import io.microlith.testkit.StateContract;
import io.microlith.vmm.bus.pci.PciConfigSpace;
import io.microlith.vmm.device.pci.PciMsix;
import io.microlith.vmm.device.pci.PciMsixState;
import io.microlith.vmm.state.StateReader;

class PciMsixStateTest extends StateContract<PciMsix, PciMsixState> {
    private static final long DATA = PciMachine.ADDRESS + 8;

    private record Vectors(PciMachine machine) implements Subject<PciMsix> {
        @Override
        public PciMsix part() {
            return machine.msix;
        }

        @Override
        public void use() {
            machine.context.store(DATA, 4, machine.context.load(DATA, 4) + 1);
        }

        @Override
        public void close() {
            machine.close();
        }
    }

    @Override
    protected Subject<PciMsix> create() {
        return new Vectors(new PciMachine());
    }

    @Override
    protected Subject<PciMsix> restore(PciMsixState state) {
        PciMachine machine = new PciMachine(new PciConfigSpace(PciMachine.HEADER).save(), state);
        machine.move(PciMachine.ADDRESS);
        machine.command(PciMachine.DECODE_AND_MASTER);
        return new Vectors(machine);
    }

    @Override
    protected PciMsixState read(StateReader reader) {
        return PciMsixState.read(reader);
    }
}
