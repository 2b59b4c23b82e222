// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.pci.PciBar;
import io.microlith.vmm.bus.pci.PciBar.Kind;
import io.microlith.vmm.bus.pci.PciPin;
import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PciSetupTest {
    private static final PciBar SMALL = new PciBar(0, Kind.MEMORY_32, 0x1000);
    private static final PciBar PORTS = new PciBar(1, Kind.PORTS, 0x40);
    private static final PciBar WIDE = new PciBar(2, Kind.MEMORY_64, 0x4000);
    private static final PciBar LARGE = new PciBar(4, Kind.PREFETCHABLE_64, 1L << 30);

    private final PciMachine machine = new PciMachine();

    @Test
    void run_allKinds_areMappedInTheirWindowsWithoutOverlap() {
        FakePciDevice first = attach(PciPin.A, SMALL, PORTS, WIDE, LARGE);
        FakePciDevice second = attach(PciPin.B, SMALL, PORTS, WIDE, LARGE);
        run();
        List<AddressRange> memory = new ArrayList<>();
        for (FakePciDevice device : List.of(first, second)) {
            memory.add(device.mapping(SMALL));
            memory.add(device.mapping(WIDE));
            memory.add(device.mapping(LARGE));
            assertThat(device.mapping(LARGE).base()).isGreaterThanOrEqualTo(0x10_0000_0000L);
            assertThat(device.mapping(WIDE).last()).isLessThan(0xd000_0000L);
        }
        // What overlaps is refused by the bus and would be missing here.
        assertThat(machine.mmio.ranges())
                .contains(PciMachine.ECAM)
                .containsAll(memory)
                .hasSize(7);
        assertThat(machine.pio.ranges())
                .contains(first.mapping(PORTS), second.mapping(PORTS))
                .hasSize(3);
    }

    @Test
    void run_device_decodesAndKnowsItsInterrupt() {
        attach(PciPin.A, SMALL, PORTS);
        attach(PciPin.NONE, SMALL);
        run();
        assertThat(machine.configRead(1, 0x04) & 0xffff).isEqualTo(3);
        assertThat(machine.configRead(1, 0x3c)).isEqualTo(0x0111);
        assertThat(machine.configRead(2, 0x04) & 0xffff).isEqualTo(2);
        assertThat(machine.configRead(2, 0x3c)).isZero();
    }

    @Test
    void run_again_givesTheSameAddresses() {
        FakePciDevice device = attach(PciPin.A, SMALL, PORTS, WIDE);
        attach(PciPin.A, SMALL, WIDE);
        run();
        AddressRange before = device.mapping(WIDE);
        device.config.reset();
        run();
        assertThat(device.mapping(WIDE)).isEqualTo(before);
    }

    @Test
    void run_bridgeAlone_changesNothing() {
        PciHostState before = machine.bridge.save();
        run();
        assertThat(machine.bridge.save().config()).isEqualTo(before.config());
    }

    @Test
    void run_largeBarWithoutHighWindow_goesLow() {
        PciWindows low = new PciWindows(List.of(), List.of(new AddressRange(0xc000_0000L, 0x1000_0000)));
        FakePciDevice device = attach(PciPin.A, new PciBar(4, Kind.PREFETCHABLE_64, 1L << 26));
        new PciSetup(machine.segment, low).run();
        assertThat(machine.configRead(1, 0x20)).isEqualTo(0xc000_000c);
        assertThat(machine.configRead(1, 0x24)).isZero();
        assertThat(device.config.isBusMaster()).isFalse();
    }

    @Test
    void run_noRoom_isAnErrorThatNamesTheBar() {
        attach(PciPin.A, new PciBar(3, Kind.MEMORY_32, 1L << 29));
        assertThatThrownBy(this::run)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no room for BAR 3 of 00:01.0, which takes 0x20000000 addresses");
    }

    @Test
    void run_windowFromZero_doesNotGiveOutZero() {
        FakePciDevice device = attach(PciPin.A, PORTS);
        new PciSetup(machine.segment, new PciWindows(List.of(new AddressRange(0, 0x100)), List.of())).run();
        assertThat(device.mapping(PORTS)).isEqualTo(new AddressRange(0x40, 0x40));
    }

    private void run() {
        new PciSetup(machine.segment, PciMachine.WINDOWS).run();
    }

    private FakePciDevice attach(PciPin pin, PciBar... bars) {
        FakePciDevice device = new FakePciDevice(machine.segment, pin, bars);
        machine.segment.attach(device);
        return device;
    }
}
