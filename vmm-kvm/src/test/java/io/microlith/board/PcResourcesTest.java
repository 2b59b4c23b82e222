// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.board.boot.LinuxBoot;
import io.microlith.board.boot.VirtioDiscovery;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.Size;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What devices can take of a PC, and what an embedder hears who gives them too much. */
class PcResourcesTest {
    private static final DeviceId DISK = new DeviceId("disk", 0);
    private static final DeviceId NET = new DeviceId("net", 0);

    private final PcInterrupts interrupts = new PcInterrupts();
    private final PcWindows windows = new PcWindows();
    private final PcDeviceMemory memory = new PcDeviceMemory(() -> PcLayout.deviceMemory(Size.gibibytes(1), 39));

    private static void assertRefused(String setting, String problem, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(ConfigException.class, e -> {
            assertThat(e.setting()).isEqualTo(setting);
            assertThat(e.getMessage()).contains(problem).doesNotContain("\n");
        });
    }

    @Test
    void claim_edgeTriggeredTwice_isRefusedAndNamesBoth() {
        interrupts.claim(DISK, new Interrupt(5, Trigger.EDGE));
        assertRefused(
                "interrupt",
                "net0 wants interrupt 5, which disk0 has",
                () -> interrupts.claim(NET, new Interrupt(5, Trigger.EDGE)));
    }

    @Test
    void nodesForTables_kernelToldOtherwise_leavesThoseOut() {
        PcResources resources = new PcResources(memory);
        FirmwareNode clock = new FirmwareNode("PNP0B00", List.of(), List.of(), List.of());
        FirmwareNode disk = new FirmwareNode(
                "LNRO0005",
                List.of(new AddressRange(0xd000_0000L, 4096)),
                List.of(),
                List.of(new Interrupt(5, Trigger.EDGE)));
        resources.describe(clock);
        resources.describe(disk);
        LinuxBoot boot = LinuxBoot.kernel(Path.of("vmlinuz"));
        assertThat(resources.nodesForTables(Optional.empty())).containsExactly(clock, disk);
        assertThat(resources.nodesForTables(Optional.of(boot))).containsExactly(clock, disk);
        assertThat(resources.nodesForTables(Optional.of(boot.virtio(VirtioDiscovery.COMMAND_LINE))))
                .containsExactly(clock);
        assertThat(resources.nodes()).containsExactly(clock, disk);
    }

    @ParameterizedTest
    @CsvSource({"EDGE, LEVEL", "LEVEL, EDGE"})
    void claim_edgeAndLevel_isRefused(Trigger first, Trigger second) {
        interrupts.claim(DISK, new Interrupt(10, first));
        assertRefused("interrupt", "which disk0 has", () -> interrupts.claim(NET, new Interrupt(10, second)));
    }

    @Test
    void claim_levelTriggeredTwice_isShared() {
        interrupts.claim(DISK, new Interrupt(10, Trigger.LEVEL));
        interrupts.claim(NET, new Interrupt(10, Trigger.LEVEL));
        assertThat(interrupts.claimFree(NET, Trigger.LEVEL).gsi()).isNotEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 255})
    void claim_noSuchInput_isRefused(int gsi) {
        assertRefused(
                "interrupt",
                "disk0 wants interrupt " + gsi + ": the board has 0 to 23",
                () -> interrupts.claim(DISK, new Interrupt(gsi, Trigger.EDGE)));
    }

    @Test
    void claimFree_allTaken_isRefused() {
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            taken.add(interrupts.claimFree(DISK, Trigger.EDGE).gsi());
        }
        assertThat(taken).doesNotHaveDuplicates();
        assertRefused(
                "interrupt",
                "net0 wants an interrupt, and all 11 are taken",
                () -> interrupts.claimFree(NET, Trigger.LEVEL));
    }

    @Test
    void claimWindow_whereRamCanBe_isRefused() {
        assertRefused(
                "mmio",
                "disk0 wants 0x1000-0x1fff, which can be RAM",
                () -> windows.claim(DISK, new AddressRange(0x1000, 0x1000)));
    }

    @Test
    void claimFreeWindow_besideAFixedOne_doesNotOverlap() {
        windows.claim(DISK, new AddressRange(0xd000_0000L, 0x1000));
        assertThat(windows.claimFree(NET, 0x1000)).isEqualTo(new AddressRange(0xd000_1000L, 0x1000));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 3, -1, 0x1001, Long.MIN_VALUE})
    void claimFreeWindow_noPowerOfTwo_isRefused(long size) {
        assertRefused("mmio", "a power of two", () -> windows.claimFree(DISK, size));
    }

    @ParameterizedTest
    @ValueSource(longs = {0x2000_0000L, 1L << 62})
    void claimFreeWindow_noRoom_isRefused(long size) {
        assertRefused("mmio", "disk0 wants", () -> windows.claimFree(DISK, size));
    }

    @ParameterizedTest
    @ValueSource(longs = {4096, (2 << 20) - 4096})
    void ram_tooLittle_isRefused(long bytes) {
        assertRefused("memory", "too little for a PC", () -> PcLayout.ram(Size.bytes(bytes)));
    }

    @Test
    void ram_beyondTheAddressSpace_isRefused() {
        assertRefused("memory", "too much for a PC", () -> PcLayout.ram(Size.gibibytes(512)));
    }

    @Test
    void ram_moreThanBelowTheHole_goesOnAbove4GiB() {
        assertThat(PcLayout.ram(Size.gibibytes(4)))
                .containsExactly(new AddressRange(0, 3L << 30), new AddressRange(4L << 30, 1L << 30));
    }

    @Test
    void pciBus_boardWithoutOne_isRefusedAndNamesTheDevice() {
        assertRefused("pci", "disk0 wants a PCI bus", () -> new PcResources(memory).pciBus(DISK));
    }

    @Test
    void pciWindows_addressesAboveRam_areThereIfTheProcessorHasThem() {
        AddressRange low = new AddressRange(0xc000_0000L, 0x1000_0000);
        AddressRange high = new AddressRange(1L << 38, 1L << 38);
        assertThat(PcLayout.pciWindows(Size.gibibytes(255), 39).memory()).containsExactly(low, high);
        assertThat(PcLayout.pciWindows(Size.gibibytes(256), 39).memory()).containsExactly(low);
        assertThat(PcLayout.pciWindows(Size.gibibytes(1), 36).memory()).containsExactly(low);
    }

    @Test
    void claimMemory_twice_isAlignedApartAndAboveRam() {
        long base = 128L << 30;
        assertThat(memory.claim(DISK, 0x3000, 0x1000)).isEqualTo(new AddressRange(base, 0x3000));
        assertThat(memory.claim(NET, 0x1000, 0x20_0000)).isEqualTo(new AddressRange(base + 0x20_0000, 0x1000));
    }

    @Test
    void claimMemory_noRoom_isRefused() {
        assertRefused("memory", "no room", () -> memory.claim(DISK, (128L << 30) + 1, 1));
        assertRefused("memory", "no room", () -> memory.claim(DISK, 1, 1L << 62));
        assertThat(memory.claim(DISK, 128L << 30, 1).size()).isEqualTo(128L << 30);
        assertRefused("memory", "no room", () -> memory.claim(NET, 1, 1));
    }

    @Test
    void deviceMemory_muchRamOrFewAddresses_hasLessOrNothing() {
        assertThat(PcLayout.deviceMemory(Size.gibibytes(200), 39)).contains(new AddressRange(201L << 30, 55L << 30));
        assertThat(PcLayout.deviceMemory(Size.gibibytes(255), 39)).isEmpty();
        assertThat(PcLayout.deviceMemory(Size.gibibytes(1), 36)).isEmpty();
        PcDeviceMemory none = new PcDeviceMemory(() -> PcLayout.deviceMemory(Size.gibibytes(1), 36));
        assertRefused("memory", "there are no addresses", () -> none.claim(DISK, 1, 1));
    }
}
