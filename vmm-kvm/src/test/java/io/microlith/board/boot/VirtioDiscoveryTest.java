// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VirtioDiscoveryTest {
    private static final FirmwareNode DISK = node("LNRO0005", 0xd000_0000L, 5);
    private static final FirmwareNode CLOCK = node("PNP0B00", 0xd000_2000L, 8);
    private static final List<FirmwareNode> NODES = List.of(DISK, CLOCK, node("LNRO0005", 0xd000_1000L, 6));
    private static final String ARGUMENTS = "virtio_mmio.device=4K@0xd0000000:5 virtio_mmio.device=4K@0xd0001000:6";

    @TempDir
    private Path directory;

    private static FirmwareNode node(String id, long base, int gsi) {
        return new FirmwareNode(
                id, List.of(new AddressRange(base, 4096)), List.of(), List.of(new Interrupt(gsi, Trigger.EDGE)));
    }

    @Test
    void extend_acpi_changesNothing() {
        assertThat(VirtioDiscovery.ACPI.extend("quiet", NODES)).isEqualTo("quiet");
        assertThat(VirtioDiscovery.ACPI.isOnCommandLine(DISK)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'', '*'",
        "'quiet', 'quiet *'",
        "'quiet -- single', 'quiet * -- single'",
        "'-- single', '* -- single'",
        "'quiet --', 'quiet * --'",
        "'a--b --c', 'a--b --c *'"
    })
    void extend_commandLine_namesTheDevicesBeforeWhatIsForInit(String text, String expected) {
        assertThat(VirtioDiscovery.COMMAND_LINE.extend(text, NODES)).isEqualTo(expected.replace("*", ARGUMENTS));
        assertThat(VirtioDiscovery.COMMAND_LINE.extend(text, List.of(CLOCK))).isEqualTo(text);
    }

    @Test
    void isOnCommandLine_notAVirtioDeviceOrNotWhole_isFalse() {
        assertThat(VirtioDiscovery.COMMAND_LINE.isOnCommandLine(DISK)).isTrue();
        assertThat(VirtioDiscovery.COMMAND_LINE.isOnCommandLine(CLOCK)).isFalse();
        assertThat(VirtioDiscovery.COMMAND_LINE.isOnCommandLine(
                        new FirmwareNode("LNRO0005", DISK.mmio(), List.of(), List.of())))
                .isFalse();
    }

    @Test
    void load_eitherBoot_kernelReadsTheDevices() throws IOException {
        Path kernel = Files.write(directory.resolve("vmlinuz"), new BzImageBuilder(new byte[4096]).build());
        for (BootProtocol boot : List.of(
                LinuxBoot.kernel(kernel).commandLine("quiet").virtio(VirtioDiscovery.COMMAND_LINE),
                KernelBoot.kernel(kernel).virtio(VirtioDiscovery.COMMAND_LINE).commandLine("quiet"))) {
            try (FakeMachine machine = FakeMachine.ofMebibytes(64)) {
                BootContext known = machine.context();
                var _ = boot.load(new BootContext(known.memory(), known.memoryMap(), known.rsdp(), NODES));
                assertThat(machine.string(BootLayout.COMMAND_LINE.base())).isEqualTo("quiet " + ARGUMENTS);
                assertThat(boot.describes(DISK)).isTrue();
                assertThat(boot.describes(CLOCK)).isFalse();
            }
        }
    }
}
