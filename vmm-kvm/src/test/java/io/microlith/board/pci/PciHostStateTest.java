// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.board.legacy.ResetControlState;
import io.microlith.vmm.bus.pci.PciConfigState;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.StateCodec;
import org.junit.jupiter.api.Test;

class PciHostStateTest {
    private final PciMachine machine = new PciMachine();

    @Test
    void read_ofWhatWasWritten_isEqual() {
        PciHostState state = used();
        assertThat(PciHostState.read(StateCodec.reader(StateCodec.encode(state))))
                .isEqualTo(state);
    }

    @Test
    void restore_savedState_behavesTheSame() {
        PciMachine restored = new PciMachine(used());
        assertThat(restored.bridge.save()).isEqualTo(machine.bridge.save());
        assertThat(restored.in(0xcf8, 4)).isEqualTo(0x8000_003c);
        assertThat(restored.in(0xcfc, 1)).isEqualTo(9);
        assertThat(restored.in(0xcf9, 1)).isEqualTo(0x08);
    }

    @Test
    void restore_usedSinceSaved_isBackAtTheSavedState() {
        PciHostState saved = used();
        machine.configWrite(0, 0x3c, 10);
        assertThat(new PciMachine(saved).bridge.save()).isEqualTo(saved).isNotEqualTo(machine.bridge.save());
    }

    @Test
    void restore_reservedAddressBits_isRefused() {
        PciHostState valid = used();
        for (long address : new long[] {1, 1L << 24, 1L << 32, -1}) {
            PciHostState broken = new PciHostState(address, valid.resetControl(), valid.config());
            assertRefused(broken, "PciHostState.configAddress");
        }
    }

    @Test
    void restore_reservedResetBits_isRefused() {
        PciHostState valid = used();
        assertRefused(
                new PciHostState(valid.configAddress(), new ResetControlState(4), valid.config()),
                "ResetControlState.value");
    }

    @Test
    void restore_otherDevice_isRefused() {
        PciHostState valid = used();
        byte[] registers = valid.config().registers().toByteArray();
        registers[0]++;
        assertRefused(
                new PciHostState(
                        valid.configAddress(), valid.resetControl(), new PciConfigState(ByteString.of(registers))),
                "PciConfigState.registers");
    }

    @Test
    void read_emptyState_isRefusedWhenRestored() {
        assertRefused(
                new PciHostState(0, new ResetControlState(0), new PciConfigState(ByteString.EMPTY)),
                "PciConfigState.registers");
    }

    private PciHostState used() {
        machine.out(0xcf9, 1, 0x08);
        machine.configWrite(0, 0x3c, 9);
        return machine.bridge.save();
    }

    private static void assertRefused(PciHostState state, String field) {
        assertThatThrownBy(() -> new PciMachine(state))
                .isInstanceOfSatisfying(
                        InvalidStateException.class, e -> assertThat(e.field()).isEqualTo(field));
    }
}
