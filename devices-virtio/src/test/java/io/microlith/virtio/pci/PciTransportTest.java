// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.virtio.ConfigSpace;
import io.microlith.virtio.GuestSeeds;
import io.microlith.virtio.SharedMemoryRegion;
import io.microlith.virtio.mmio.MmioTransport;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.device.IoEvent;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PciTransportTest {
    private static final Map<Integer, Integer> WIDTHS = Map.ofEntries(
            Map.entry(0x00, 4),
            Map.entry(0x04, 4),
            Map.entry(0x08, 4),
            Map.entry(0x0c, 4),
            Map.entry(0x10, 2),
            Map.entry(0x12, 2),
            Map.entry(0x14, 1),
            Map.entry(0x15, 1),
            Map.entry(0x16, 2),
            Map.entry(0x18, 2),
            Map.entry(0x1a, 2),
            Map.entry(0x1c, 2),
            Map.entry(0x1e, 2),
            Map.entry(0x38, 2),
            Map.entry(0x3a, 2));

    @RegisterExtension
    final GuestSeeds seeds = new GuestSeeds(PciRegistersFuzzTest.class);

    private final PciMachine machine = new PciMachine().place();

    @BeforeEach
    void watch() {
        var _ = seeds.of(machine.context);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    /** The driver reads in two pieces, and the device has not yet said that its configuration is another. */
    @Test
    void config_changesBetweenTwoReads_isOfAnotherGeneration() {
        machine.live();
        long generation = machine.load(0x15, 1);
        assertThat(machine.load(0x1000, 4)).isEqualTo(0x4433_2211L);
        machine.device.config = ConfigSpace.ofSize(8).with(0, 8, 0x8877_6655_4433_2211L);
        assertThat(machine.load(0x1004, 4)).isEqualTo(0x8877_6655L);
        assertThat(machine.load(0x15, 1)).as("the same content").isEqualTo(generation);
        machine.device.config = ConfigSpace.ofSize(8);
        assertThat(machine.load(0x1004, 4)).isZero();
        assertThat(machine.load(0x15, 1)).isNotEqualTo(generation);
    }

    @Test
    void function_found_saysWhatItIs() {
        assertThat(machine.config(0x00, 4)).isEqualTo(0x1042_1af4);
        assertThat(machine.config(0x08, 4)).isEqualTo(0x018000_01);
        assertThat(machine.config(0x2e, 2)).isGreaterThanOrEqualTo(0x40);
        assertThat(machine.config(0x3d, 1)).isEqualTo(1);
        assertThat(machine.config(machine.msix() + 2, 2) & 0x7ff).isEqualTo(PciMachine.VECTORS - 1);
    }

    @Test
    void capabilities_all_sayWhereStructuresAre() {
        assertCapability(1, 16, 0x0000, 0x3c);
        assertCapability(2, 20, 0x2000, 8);
        assertThat(machine.config(machine.capability(2) + 16, 4)).isEqualTo(4);
        assertCapability(3, 16, 0x0800, 4);
        assertCapability(4, 16, 0x1000, 8);
        assertCapability(5, 20, 0, 0);
    }

    private void assertCapability(int type, int size, int offset, int length) {
        int at = machine.capability(type);
        assertThat(machine.config(at + 2, 1)).isEqualTo(size);
        assertThat(machine.config(at + 4, 1)).isZero();
        assertThat(machine.config(at + 8, 4)).isEqualTo(offset);
        assertThat(machine.config(at + 12, 4)).isEqualTo(length);
    }

    @Test
    void read_everyOffsetAndWidth_onlyTheFieldsOwnAnswers() {
        machine.store(0x16, 2, 1);
        for (int size = 1; size <= 8; size++) {
            for (int offset = 0; offset <= 0x3c - size; offset++) {
                boolean address = offset >= 0x20 && offset < 0x38 && (size == 4 || size == 8) && offset % size == 0;
                if (!address && !Integer.valueOf(size).equals(WIDTHS.get(offset))) {
                    assertThat(machine.load(offset, size))
                            .as("%x %d", offset, size)
                            .isZero();
                }
            }
        }
        assertThat(machine.load(0x12, 2)).isEqualTo(2);
        assertThat(machine.load(0x18, 2)).isEqualTo(8);
        assertThat(machine.load(0x1e, 2)).isEqualTo(1);
        assertThat(machine.load(0x1a, 2)).isEqualTo(0xffff);
    }

    @Test
    void write_everyFieldByAnotherWidth_changesNothing() {
        var before = machine.port.save();
        WIDTHS.forEach((offset, width) -> {
            for (int size = 1; size <= 8; size++) {
                if (size != width && offset + size <= 0x3c) {
                    machine.store(offset, size, 0x0101_0101_0101_0101L);
                }
            }
        });
        assertThat(machine.port.save()).isEqualTo(before);
    }

    @Test
    void queueRegisters_written_areReadBack() {
        machine.store(0x16, 2, 1);
        machine.store(0x18, 2, 4);
        machine.store(0x20, 4, 0x1111_1110L);
        machine.store(0x24, 4, 0x1);
        machine.store(0x28, 8, 0x2_2222_2220L);
        machine.store(0x30, 4, 0x3333_3330L);
        assertThat(machine.load(0x16, 2)).isEqualTo(1);
        assertThat(machine.load(0x18, 2)).isEqualTo(4);
        assertThat(machine.load(0x20, 8)).isEqualTo(0x1_1111_1110L);
        assertThat(machine.load(0x24, 4)).isEqualTo(1);
        assertThat(machine.load(0x2c, 4)).isEqualTo(2);
        assertThat(machine.load(0x30, 4)).isEqualTo(0x3333_3330L);
        machine.store(0x16, 2, 2);
        for (int register : List.of(0x18, 0x1c, 0x1e)) {
            assertThat(machine.load(register, 2)).isZero();
        }
        machine.store(0x1a, 2, 0);
        assertThat(machine.load(0x1a, 2)).isEqualTo(0xffff);
    }

    @Test
    void vectors_thatAreNotThere_readAsNone() {
        for (int register : List.of(0x10, 0x1a)) {
            machine.store(register, 2, PciMachine.VECTORS - 1);
            assertThat(machine.load(register, 2)).isEqualTo(PciMachine.VECTORS - 1);
            machine.store(register, 2, PciMachine.VECTORS);
            assertThat(machine.load(register, 2)).isEqualTo(0xffff);
            machine.store(register, 2, 0);
        }
        machine.store(0x14, 1, 0);
        assertThat(machine.load(0x10, 2)).isEqualTo(0xffff);
        assertThat(machine.load(0x1a, 2)).isEqualTo(0xffff);
    }

    @Test
    void signal_messages_goByTheQueuesVector() {
        machine.live();
        machine.device.context().interrupt(1).signal();
        machine.device.context().interrupt(0).signal();
        machine.device.context().configChanged();
        assertThat(machine.context.msiRoutes())
                .extracting(route -> route.messages())
                .containsExactly(List.of("0xfee00000:0x40"), List.of("0xfee00000:0x41"), List.of("0xfee00000:0x42"));
        assertThat(machine.load(0x15, 1)).isEqualTo(1);
        assertThat(machine.load(0x800, 1)).isEqualTo(2);
        assertThat(pin()).isFalse();
    }

    private boolean pin() {
        return machine.context.line(17).isAsserted();
    }

    @Test
    void signal_noMessages_holdsThePinUntilStatusIsRead() {
        machine.live();
        machine.setConfig(machine.msix() + 2, 2, 0);
        assertThat(pin()).isFalse();
        machine.device.context().interrupt(0).signal();
        assertThat(pin()).isTrue();
        assertThat(machine.config(0x06, 2) & 8).isEqualTo(8);
        machine.setConfig(0x04, 2, 6 | 1 << 10);
        assertThat(pin()).isFalse();
        assertThat(machine.config(0x06, 2) & 8).isEqualTo(8);
        machine.setConfig(0x04, 2, 6);
        assertThat(pin()).isTrue();
        machine.device.context().configChanged();
        assertThat(machine.load(0x800, 1)).isEqualTo(3);
        assertThat(pin()).isFalse();
        assertThat(machine.load(0x800, 1)).isZero();
        assertThat(machine.config(0x06, 2) & 8).isZero();
        assertThat(machine.context.msiRoutes())
                .allSatisfy(route -> assertThat(route.messages()).isEmpty());
    }

    @Test
    void doorbells_barMoves_follow() {
        machine.live();
        long moved = 0xc800_0000L;
        machine.setConfig(0x10, 4, (int) moved);
        assertThat(machine.context.ioEvents())
                .containsOnlyKeys(IoEvent.mmio(moved + 0x2000, 2), IoEvent.mmio(moved + 0x2004, 2));
        machine.context.ioEvents().get(IoEvent.mmio(moved + 0x2004, 2)).signal();
        machine.context.store(moved + 0x2000, 4, 0);
        machine.settle();
        assertThat(machine.device.calls).containsExactlyInAnyOrder("notify 0", "notify 1");
    }

    @Test
    void queueReset_running_isOverAtOnce() {
        machine.live();
        machine.store(0x16, 2, 1);
        machine.store(0x3a, 2, 1);
        assertThat(machine.load(0x3a, 2)).isZero();
        assertThat(machine.load(0x1c, 2)).isZero();
        assertThat(machine.load(0x1a, 2)).isEqualTo(0xffff);
        assertThat(machine.device.calls).containsExactly("reset 1");
    }

    @Test
    void needsReset_device_isToldByTheConfigurationsVector() {
        machine.live();
        machine.device.context().needsReset();
        assertThat(machine.load(0x14, 1) & GuestDriver.NEEDS_RESET).isNotZero();
        assertThat(machine.context.msiRoutes().getFirst().messages()).hasSize(1);
    }

    @Test
    void deviceConfig_accesses_reachTheDevice() {
        assertThat(machine.load(0x1000, 4)).isEqualTo(0x4433_2211L);
        assertThat(machine.load(0x1007, 1)).isEqualTo(0x88);
        assertThat(machine.load(0x1ff8, 8)).isZero();
        machine.store(0x1002, 2, 0xabcd);
        assertThat(machine.device.calls).containsExactly("write 2 2 abcd");
    }

    @Test
    void window_inConfigurationSpace_accessesTheBar() {
        int at = machine.capability(5);
        machine.setConfig(0x04, 2, 0);
        machine.setConfig(at + 8, 4, 0x1004);
        machine.setConfig(at + 12, 4, 2);
        assertThat(machine.config(at + 16, 4) & 0xffff).isEqualTo(0x6655);
        machine.setConfig(at + 8, 4, 0x14);
        machine.setConfig(at + 12, 4, 1);
        machine.setConfig(at + 16, 1, 3);
        machine.place();
        assertThat(machine.load(0x14, 1)).isEqualTo(3);
    }

    @Test
    void window_pointedNowhere_touchesNothing() {
        int at = machine.capability(5);
        for (int[] wrong :
                new int[][] {{1, 0x14, 1}, {0, 0x14, 3}, {0, 0x14, 0}, {0, 0x16, 4}, {0, -4, 4}, {0, 1, -1}}) {
            machine.setConfig(at + 4, 1, wrong[0]);
            machine.setConfig(at + 8, 4, wrong[1]);
            machine.setConfig(at + 12, 4, wrong[2]);
            machine.setConfig(at + 16, 4, 3);
            assertThat(machine.config(at + 16, 4)).isEqualTo(3);
        }
        assertThat(machine.load(0x14, 1)).isZero();
    }

    @Test
    void sharedMemory_regions_areFoundOnBothTransports() {
        try (Arena arena = Arena.ofShared()) {
            var memory = arena.allocate(1 << 16, 4096);
            List<SharedMemoryRegion> shared = List.of(new SharedMemoryRegion(7, memory));
            try (PciMachine pci = new PciMachine(new PciTransport(), Optional.empty(), shared);
                    PciMachine mmio = new PciMachine(new MmioTransport(), Optional.empty(), shared)) {
                int at = pci.capability(8);
                assertThat(pci.config(at + 4, 4)).isEqualTo(7 << 8 | 2);
                assertThat(pci.config(at + 8, 4)).isZero();
                assertThat(pci.config(at + 12, 4)).isEqualTo(1 << 16);
                pci.setConfig(0x18, 4, 0xc100_0000);
                pci.place();
                assertThat(pci.context.mappedMemory())
                        .extracting(region -> region.gpa())
                        .containsExactly(0xc100_0000L);

                GuestDriver driver = new GuestDriver(mmio.context);
                driver.write(0xac, 7);
                assertThat(driver.read(0xb0)).isEqualTo(1 << 16);
                assertThat(mmio.context.mappedMemory())
                        .extracting(region -> region.gpa())
                        .containsExactly(Integer.toUnsignedLong(driver.read(0xb8)));
                driver.write(0xac, 8);
                assertThat(driver.read(0xb4)).isEqualTo(-1);
            }
        }
    }

    @Test
    void sharedMemory_wrong_isRefused() {
        try (Arena arena = Arena.ofConfined()) {
            var memory = arena.allocate(4096, 4096);
            assertThatThrownBy(() -> new SharedMemoryRegion(0, memory.asSlice(0, 2048)))
                    .isInstanceOf(IllegalArgumentException.class);
            var region = new SharedMemoryRegion(0, memory);
            assertThatThrownBy(
                            () -> new PciMachine(new PciTransport(), Optional.empty(), List.of(region, region, region)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void close_always_givesEverythingBack() {
        machine.live();
        machine.port.close();
        assertThat(machine.context.pciBus().functions()).isEmpty();
        assertThat(machine.context.windows()).isEmpty();
        assertThat(machine.context.ioEvents()).isEmpty();
        assertThat(machine.context.msiRoutes())
                .allSatisfy(route -> assertThat(route.isClosed()).isTrue());
        assertThat(machine.port).hasToString("virtio-pci");
    }
}
