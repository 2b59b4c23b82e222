// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.StateCodec;

/** A guest at the configuration ports, in the memory window, and in BARs; and states of the host bridge. */
class PciHostFuzzTest {
    private static final int MOST_STEPS = 2000;

    private static PciMachine machine() {
        PciMachine machine = new PciMachine();
        for (int i = 0; i < 3; i++) {
            machine.attachDevice();
        }
        return machine;
    }

    private static void step(PciMachine machine, FuzzedDataProvider data) {
        boolean write = data.consumeBoolean();
        if (data.consumeBoolean()) {
            int size = 1 << data.consumeInt(0, 2);
            int port = (int) PciHostBridge.CONFIG_PORTS.base() + data.consumeInt(0, 8 - size);
            if (write) {
                machine.out(port, size, data.consumeInt());
            } else {
                var _ = machine.in(port, size);
            }
        } else {
            int size = data.consumeInt(1, 8);
            long address = PciMachine.ECAM.base() + data.consumeLong(0, PciMachine.ECAM.size() - size);
            if (write) {
                machine.store(address, size, data.consumeLong());
            } else {
                var _ = machine.load(address, size);
            }
        }
    }

    @FuzzTest
    void guest_anyScript_takesNothingThatIsTheBoards(FuzzedDataProvider data) {
        PciMachine machine = machine();
        for (int i = 0; i < MOST_STEPS && data.remainingBytes() > 0; i++) {
            step(machine, data);
        }

        assertThat(machine.pio.ranges()).contains(PciHostBridge.CONFIG_PORTS).hasSizeLessThanOrEqualTo(4);
        assertThat(machine.mmio.ranges()).contains(PciMachine.ECAM).hasSizeLessThanOrEqualTo(7);
        PciHostState saved = machine.bridge.save();
        assertThat(new PciMachine(saved).bridge.save()).isEqualTo(saved);
    }

    @FuzzTest
    void restore_anyBytes_isRefusedOrDone(byte[] bytes) {
        try {
            PciHostState state = PciHostState.read(StateCodec.reader(bytes));
            assertThat(new PciMachine(state).bridge.save()).isEqualTo(state);
        } catch (InvalidStateException e) {
            assertThat(e).message().isNotBlank();
        }
    }
}
