// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.board.boot.CpuMode;
import io.microlith.board.boot.VirtioDiscovery;
import io.microlith.examples.cli.command.UsageException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options of {@link BootSettings}. */
final class BootOptions {
    private static final String KERNEL = "--kernel";
    private static final String INITRD = "--initrd";
    private static final String COMMAND_LINE = "--cmdline";
    private static final String VIRTIO = "--virtio-mmio";
    private static final String FLAT = "--flat";

    private static final String DEFAULT_VIRTIO = "acpi";
    private static final String AT = "@";

    private BootOptions() {}

    static void describe(CommandSpec spec) {
        spec.addOption(OptionSpec.builder(KERNEL)
                .paramLabel("FILE")
                .type(Path.class)
                .description("The kernel: bzImage, ELF (PVH or Linux), or multiboot 1; the file says which.")
                .build());
        spec.addOption(OptionSpec.builder(FLAT)
                .paramLabel("MODE[@ADDRESS]")
                .type(String.class)
                .description(
                        "The kernel's file is no kernel but bytes to be entered at the first of them, in this mode:"
                                + " real, protected, long or user (long mode, ring 3). ADDRESS, such as 0x7c00, is where they"
                                + " are; by default 0x" + Long.toHexString(BootSettings.Flat.DEFAULT_ADDRESS)
                                + ", and in real"
                                + " mode 0x7c00.")
                .build());
        spec.addOption(OptionSpec.builder(INITRD)
                .paramLabel("FILE")
                .type(Path.class)
                .description("The initial RAM disk.")
                .build());
        spec.addOption(OptionSpec.builder(COMMAND_LINE)
                .paramLabel("TEXT")
                .type(String.class)
                .description("The kernel's command line.")
                .build());
        spec.addOption(OptionSpec.builder(VIRTIO)
                .paramLabel("HOW")
                .type(String.class)
                .defaultValue(DEFAULT_VIRTIO)
                .description("How Linux hears of virtio devices that are not on PCI: acpi (tables), or cmdline"
                        + " (virtio_mmio.device=, for kernels without ACPI). Default: ${DEFAULT-VALUE}.")
                .build());
    }

    static BootSettings read(ParseResult options) {
        Path file = options.matchedOptionValue(KERNEL, null);
        if (file == null) {
            throw new UsageException("run: which kernel? Give " + KERNEL + " FILE");
        }
        return options.hasMatchedOption(FLAT) ? flat(file, options) : kernel(file, options);
    }

    private static BootSettings kernel(Path file, ParseResult options) {
        return new BootSettings.Kernel(
                file,
                Optional.ofNullable(options.matchedOptionValue(INITRD, null)),
                options.matchedOptionValue(COMMAND_LINE, ""),
                virtio(options.matchedOptionValue(VIRTIO, DEFAULT_VIRTIO)));
    }

    private static VirtioDiscovery virtio(String how) {
        return switch (how) {
            case "acpi" -> VirtioDiscovery.ACPI;
            case "cmdline" -> VirtioDiscovery.COMMAND_LINE;
            default -> throw new UsageException(VIRTIO + ": '" + how + "' is none of acpi, cmdline");
        };
    }

    private static BootSettings flat(Path file, ParseResult options) {
        for (String told : List.of(INITRD, COMMAND_LINE, VIRTIO)) {
            if (options.hasMatchedOption(told)) {
                throw new UsageException(told + ": bytes that are started as they are, with " + FLAT
                        + ", are told nothing: leave it out");
            }
        }
        String how = options.matchedOptionValue(FLAT, "");
        int at = how.indexOf(AT);
        CpuMode mode = mode(at < 0 ? how : how.substring(0, at));
        return new BootSettings.Flat(file, mode, at < 0 ? address(mode) : address(how.substring(at + 1)));
    }

    private static CpuMode mode(String name) {
        return switch (name) {
            case "real" -> CpuMode.REAL_16;
            case "protected" -> CpuMode.PROTECTED_32;
            case "long" -> CpuMode.LONG_64;
            case "user" -> CpuMode.LONG_64_USER;
            default -> throw new UsageException(FLAT + ": '" + name + "' is none of real, protected, long, user");
        };
    }

    private static long address(CpuMode mode) {
        return mode == CpuMode.REAL_16 ? BootSettings.Flat.BOOT_SECTOR : BootSettings.Flat.DEFAULT_ADDRESS;
    }

    private static long address(String text) {
        try {
            return Long.decode(text);
        } catch (NumberFormatException e) {
            throw new UsageException(FLAT + ": '" + text + "' is no address: a number such as 0x7c00", e);
        }
    }
}
