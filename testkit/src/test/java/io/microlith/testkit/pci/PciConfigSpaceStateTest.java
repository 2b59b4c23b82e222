// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit.pci;

import io.microlith.testkit.StateContract;
import io.microlith.vmm.bus.pci.PciConfigSpace;
import io.microlith.vmm.bus.pci.PciConfigState;
import io.microlith.vmm.state.StateReader;

class PciConfigSpaceStateTest extends StateContract<PciConfigSpace, PciConfigState> {
    private static final int INTERRUPT_LINE = 0x3c;

    private record Space(PciConfigSpace part) implements Subject<PciConfigSpace> {
        @Override
        public void use() {
            part.write(INTERRUPT_LINE, 1, part.read(INTERRUPT_LINE, 1) + 1);
        }
    }

    @Override
    protected Subject<PciConfigSpace> create() {
        return new Space(new PciConfigSpace(PciMachine.HEADER));
    }

    @Override
    protected Subject<PciConfigSpace> restore(PciConfigState state) {
        return new Space(new PciConfigSpace(PciMachine.HEADER, state));
    }

    @Override
    protected PciConfigState read(StateReader reader) {
        return PciConfigState.read(reader);
    }
}
