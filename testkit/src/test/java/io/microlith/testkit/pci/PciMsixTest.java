// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit.pci;

import static io.microlith.testkit.pci.PciMachine.ADDRESS;
import static io.microlith.testkit.pci.PciMachine.ENABLE;
import static io.microlith.testkit.pci.PciMachine.FUNCTION_MASK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.RecordingMsiRoute;
import io.microlith.vmm.bus.pci.PciConfigState;
import io.microlith.vmm.device.pci.PciMsixLayout;
import io.microlith.vmm.device.pci.PciMsixState;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.StateCodec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PciMsixTest {
    private static final long APIC = 0xfee0_1000L;

    private final PciMachine machine = new PciMachine();

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void capability_isAsTheSpecificationHasIt() {
        int at = PciMachine.HEADER.offsetOf(0);
        assertThat(machine.config.read(at, 1)).isEqualTo(PciMsixLayout.CAPABILITY);
        assertThat(machine.config.read(at + 2, 2)).isEqualTo(2);
        assertThat(machine.config.read(at + 4, 4)).isZero();
        assertThat(machine.config.read(at + 8, 4)).isEqualTo(0x800);
        machine.control(0xffff);
        assertThat(machine.config.read(at + 2, 2)).isEqualTo(0xc002);
    }

    @Test
    void layout_thatCannotBe_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new PciMsixLayout(0, 0, 0, 0x800));
        assertThatIllegalArgumentException().isThrownBy(() -> new PciMsixLayout(2049, 0, 0, 0x10000));
        assertThatIllegalArgumentException().isThrownBy(() -> new PciMsixLayout(1, 6, 0, 0x800));
        assertThatIllegalArgumentException().isThrownBy(() -> new PciMsixLayout(1, 0, 4, 0x800));
        assertThatIllegalArgumentException().isThrownBy(() -> new PciMsixLayout(4, 0, 0, 0x38));
    }

    @Test
    void table_atPowerOn_isMaskedAndZero() {
        assertThat(machine.context.load(ADDRESS, 8)).isZero();
        assertThat(machine.context.load(ADDRESS + 8, 8)).isEqualTo(1L << 32);
        assertThat(machine.context.msiRoutes()).hasSize(3).allMatch(RecordingMsiRoute::isMasked);
    }

    @Test
    void signal_enabledAndUnmasked_sendsTheMessage() {
        machine.control(ENABLE);
        machine.program(1, APIC, 0x41);
        machine.msix.signal(1);
        machine.msix.signal(1);
        assertThat(machine.messages(1)).containsExactly("0xfee01000:0x41", "0xfee01000:0x41");
        assertThat(machine.messages(0)).isEmpty();
        assertThat(machine.pending()).isZero();
    }

    @Test
    void signal_noSuchVector_isIgnored() {
        machine.control(ENABLE);
        machine.msix.signal(-1);
        machine.msix.signal(3);
        machine.msix.signal(0xffff);
        assertThat(machine.pending()).isZero();
    }

    @Test
    void signal_maskedVector_isPendingAndSentOnceAtUnmask() {
        machine.control(ENABLE);
        machine.program(2, APIC, 0x42);
        machine.mask(2, 1);
        machine.msix.signal(2);
        machine.msix.signal(2);
        assertThat(machine.pending()).isEqualTo(0b100);
        assertThat(machine.messages(2)).isEmpty();
        machine.mask(2, 0);
        assertThat(machine.messages(2)).hasSize(1);
        assertThat(machine.pending()).isZero();
    }

    @Test
    void signal_maskedFunction_isPendingAndSentWithTheNewMessage() {
        machine.control(ENABLE | FUNCTION_MASK);
        machine.program(0, APIC, 0x40);
        machine.msix.signal(0);
        machine.program(0, APIC, 0x50);
        assertThat(machine.pending()).isEqualTo(0b001);
        machine.control(ENABLE);
        assertThat(machine.messages(0)).containsExactly("0xfee01000:0x50");
    }

    @Test
    void signal_noBusMaster_waitsUntilItIsOne() {
        machine.control(ENABLE);
        machine.program(0, APIC, 0x40);
        machine.command(2);
        machine.msix.signal(0);
        assertThat(machine.messages(0)).isEmpty();
        machine.command(6);
        assertThat(machine.messages(0)).hasSize(1);
    }

    @Test
    void signal_notEnabled_isDropped() {
        machine.program(0, APIC, 0x40);
        machine.msix.signal(0);
        machine.msix.notifier(1).signal();
        machine.control(ENABLE);
        assertThat(machine.pending()).isZero();
        assertThat(machine.messages(0)).isEmpty();
        assertThat(machine.msix.isEnabled()).isTrue();
    }

    @Test
    void disable_pendingBits_areForgotten() {
        machine.control(ENABLE);
        machine.msix.signal(0);
        assertThat(machine.pending()).isEqualTo(1);
        machine.control(0);
        assertThat(machine.pending()).isZero();
        machine.control(ENABLE);
        assertThat(machine.pending()).isZero();
    }

    @Test
    void notifier_rungByAnother_isAsIfSignalled() {
        machine.control(ENABLE);
        machine.program(0, APIC, 0x40);
        machine.msix.notifier(0).signal();
        machine.msix.notifier(1).signal();
        assertThat(machine.messages(0)).hasSize(1);
        assertThat(machine.pending()).isEqualTo(0b010);
    }

    @Test
    void write_otherThanWholeAlignedWords_changesNothing() {
        machine.context.store(ADDRESS, 1, 0xff);
        machine.context.store(ADDRESS, 2, 0xffff);
        machine.context.store(ADDRESS + 2, 4, -1);
        machine.context.store(ADDRESS + 4, 8, -1);
        machine.context.store(ADDRESS, 3, -1);
        assertThat(machine.context.load(ADDRESS, 8)).isZero();
        assertThat(machine.context.load(ADDRESS + 8, 8)).isEqualTo(1L << 32);
    }

    @Test
    void write_reservedBits_stayZero() {
        machine.context.store(ADDRESS, 8, -1);
        machine.context.store(ADDRESS + 8, 8, -1);
        assertThat(machine.context.load(ADDRESS, 8)).isEqualTo(-4);
        assertThat(machine.context.load(ADDRESS + 8, 8)).isEqualTo(0x1_ffff_ffffL);
    }

    @Test
    void write_pendingBits_changesNothing() {
        machine.context.store(ADDRESS + 0x800, 8, -1);
        assertThat(machine.pending()).isZero();
    }

    @Test
    void read_betweenTheRegisters_isAllOnes() {
        assertThat(machine.context.load(ADDRESS + 0x400, 4)).isEqualTo(0xffff_ffffL);
        assertThat(machine.context.load(ADDRESS + 0x1ff8, 8)).isEqualTo(-1);
        assertThat(machine.context.load(ADDRESS + 0x2c, 8)).isEqualTo(-1);
    }

    @Test
    void reset_used_isAsAtPowerOn() {
        PciMsixState atPowerOn = machine.msix.save();
        machine.control(ENABLE);
        machine.program(0, APIC, 0x40);
        machine.msix.signal(1);
        machine.function.reset();
        assertThat(machine.msix.save()).isEqualTo(atPowerOn);
        assertThat(machine.msix.isEnabled()).isFalse();
        assertThat(machine.windows()).isEmpty();
    }

    @Test
    void restore_saved_savesAndBehavesTheSame() {
        machine.control(ENABLE);
        machine.program(0, APIC, 0x40);
        machine.msix.signal(2);
        PciMsixState saved = machine.msix.save();
        PciConfigState config = machine.config.save();
        assertThat(PciMsixState.read(StateCodec.reader(StateCodec.encode(saved))))
                .isEqualTo(saved);
        try (PciMachine restored = new PciMachine(config, saved)) {
            assertThat(restored.msix.save()).isEqualTo(saved);
            assertThat(restored.pending()).isEqualTo(0b100);
            restored.msix.signal(0);
            restored.program(2, APIC, 0x42);
            assertThat(restored.messages(0)).hasSize(1);
            assertThat(restored.messages(2)).containsExactly("0xfee01000:0x42");
        }
        assertThat(machine.pending()).isEqualTo(0b100);
    }

    @Test
    void restore_anythingBroken_isRefusedAndTakesNothing() {
        PciMsixState valid = machine.msix.save();
        byte[] table = valid.table().toByteArray();
        assertRefused("table", new PciMsixState(ByteString.of(table, 0, 47), valid.pending()));
        assertRefused("pending", new PciMsixState(valid.table(), ByteString.of(new byte[7])));
        assertRefused("pending", new PciMsixState(valid.table(), ByteString.of(new byte[] {8, 0, 0, 0, 0, 0, 0, 0})));
        byte[] address = table.clone();
        address[16] = 2;
        assertRefused("table", new PciMsixState(ByteString.of(address), valid.pending()));
        byte[] control = table.clone();
        control[13] = 1;
        assertRefused("table", new PciMsixState(ByteString.of(control), valid.pending()));
    }

    private void assertRefused(String field, PciMsixState state) {
        PciConfigState config = machine.config.save();
        assertThatThrownBy(() -> new PciMachine(config, state).close())
                .isInstanceOfSatisfying(
                        InvalidStateException.class, e -> assertThat(e.field()).isEqualTo("PciMsixState." + field));
    }

    @Test
    void close_givesTheInterruptsBackAndLeavesTheBus() {
        machine.control(ENABLE);
        machine.program(0, APIC, 0x40);
        machine.function.close();
        machine.msix.signal(0);
        assertThat(machine.messages(0)).isEmpty();
        assertThat(machine.context.msiRoutes()).allMatch(RecordingMsiRoute::isClosed);
        assertThat(machine.windows()).isEmpty();
    }
}
