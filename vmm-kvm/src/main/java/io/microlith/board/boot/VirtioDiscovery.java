// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How a Linux kernel hears of virtio devices on MMIO. Those on PCI it finds itself. */
public enum VirtioDiscovery {
    /** By the ACPI tables, as of all other devices. */
    ACPI,
    /**
     * By its command line, {@code virtio_mmio.device=4K@0xd0000000:5} for each: for kernels that have
     * CONFIG_VIRTIO_MMIO_CMDLINE_DEVICES and no ACPI. Without ACPI a kernel has the interrupts of the ISA bus only,
     * which the first seven devices get.
     */
    COMMAND_LINE;

    /** The ACPI id that the driver binds to. */
    private static final String HARDWARE_ID = "LNRO0005";

    private static final long KIBIBYTE = 1 << 10;

    /** Whether a device is on the command line, and so in no table. */
    boolean isOnCommandLine(FirmwareNode node) {
        return this == COMMAND_LINE
                && node.hardwareId().equals(HARDWARE_ID)
                && !node.mmio().isEmpty()
                && !node.interrupts().isEmpty();
    }

    /** A command line with the devices that belong on it: before what begins with {@code --}, which is for init. */
    String extend(String commandLine, List<FirmwareNode> nodes) {
        String devices = nodes.stream()
                .filter(this::isOnCommandLine)
                .map(VirtioDiscovery::argument)
                .collect(Collectors.joining(" "));
        if (devices.isEmpty()) {
            return commandLine;
        }
        int init = (" " + commandLine + " ").indexOf(" -- ");
        String kernel = init < 0 ? commandLine : commandLine.substring(0, init);
        String rest = init < 0 ? "" : commandLine.substring(init);
        return Stream.of(kernel.strip(), devices, rest.strip())
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" "));
    }

    private static String argument(FirmwareNode node) {
        AddressRange window = node.mmio().getFirst();
        Interrupt interrupt = node.interrupts().getFirst();
        return String.format(
                Locale.ROOT,
                "virtio_mmio.device=%dK@0x%x:%d",
                window.size() / KIBIBYTE,
                window.base(),
                interrupt.gsi());
    }
}
