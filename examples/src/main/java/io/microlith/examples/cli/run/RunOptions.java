// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.examples.cli.command.Arguments;
import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.UsageException;
import io.microlith.vmm.OnReset;
import io.microlith.vmm.WriteTracking;
import io.microlith.vmm.memory.Overcommit;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.Size;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options of {@code run}, from the command line and from a configuration file. */
final class RunOptions {
    private static final String MEMORY = "--mem";
    private static final String OVERCOMMIT = "--overcommit";
    private static final String VCPUS = "--cpus";
    private static final String PAGES = "--pages";
    private static final String TRACK_WRITES = "--track-writes";
    private static final String NO_REBOOT = "--no-reboot";
    private static final String PIN = "--pin";
    static final String CONFIG = "--config";

    private static final String DEFAULT_MEMORY = "256M";
    private static final String DEFAULT_VCPUS = "1";
    private static final String DEFAULT_PAGES = "thp";

    private final Command command;
    private final Console console;

    RunOptions(Command command, Console console) {
        this.command = command;
        this.console = console;
    }

    /**
     * Reads the options. What the command line says counts, then what the configuration file says, then the default.
     *
     * @return the settings, or empty if the user asked for help and got it
     */
    Optional<RunSettings> read(List<String> arguments) {
        Optional<ParseResult> given = Arguments.parse(describe(), arguments, console);
        if (given.isEmpty()) {
            return Optional.empty();
        }
        Path file = given.get().matchedOptionValue(CONFIG, null);
        if (file == null) {
            return given.map(RunOptions::settings);
        }
        List<String> all = new ArrayList<>(ConfigFile.arguments(file, describe(), CONFIG));
        all.addAll(arguments);
        return Arguments.parse(describe(), all, console).map(RunOptions::settings);
    }

    /** All of them, of which a configuration file may have any. */
    CommandSpec describe() {
        CommandSpec spec = Arguments.describe(command);
        spec.parser().overwrittenOptionsAllowed(true);
        BootOptions.describe(spec);
        spec.addOption(BoardOption.describe(
                "The board: pc, or lean (no PCI bus, timer chip and clock, without which Linux starts earlier)."));
        spec.addOption(
                withDefault(MEMORY, "SIZE", String.class, DEFAULT_MEMORY, "The guest's RAM, such as 512M or 4G."));
        spec.addOption(flag(OVERCOMMIT, "Let the RAM be more than the host's."));
        spec.addOption(withDefault(VCPUS, "N", int.class, DEFAULT_VCPUS, "The number of vCPUs."));
        spec.addOption(
                withDefault(
                        PAGES,
                        "KIND",
                        String.class,
                        DEFAULT_PAGES,
                        "The host's pages behind the RAM: thp (2 MiB where the kernel can), small (4 KiB, of a memfd) or huge (the hugetlb pool)."));
        spec.addOption(
                option(
                        TRACK_WRITES,
                        "HOW",
                        String.class,
                        "Note the pages that the guest writes, for snapshots of what has changed: log (a bitmap) or ring (of each vCPU)."));
        spec.addOption(option(PIN, "N[,N...]", String.class, "The host processor of each vCPU."));
        DeviceOptions.describe(spec);
        spec.addOption(flag(NO_REBOOT, "End when the guest reboots."));
        SessionOptions.describe(spec);
        spec.addOption(option(
                CONFIG,
                "FILE",
                Path.class,
                "A JSON object with these options by name, as in {\"kernel\": \"vmlinuz\", \"cpus\": 2}."));
        spec.usageMessage().footer("On a terminal, Ctrl-A x ends the guest, and Ctrl-A Ctrl-A sends it a Ctrl-A.");
        return spec;
    }

    private static OptionSpec option(String name, String label, Class<?> type, String description) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .type(type)
                .description(description)
                .build();
    }

    private static OptionSpec withDefault(String name, String label, Class<?> type, String value, String description) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .type(type)
                .defaultValue(value)
                .description(description + " Default: ${DEFAULT-VALUE}.")
                .build();
    }

    private static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name).description(description).build();
    }

    private static RunSettings settings(ParseResult options) {
        return new RunSettings(
                SessionOptions.read(options),
                BootOptions.read(options),
                BoardOption.missing(options),
                memory(options.matchedOptionValue(MEMORY, DEFAULT_MEMORY)),
                options.hasMatchedOption(OVERCOMMIT) ? Overcommit.ALLOW : Overcommit.REFUSE,
                options.matchedOptionValue(VCPUS, Integer.parseInt(DEFAULT_VCPUS)),
                pages(options.matchedOptionValue(PAGES, DEFAULT_PAGES)),
                tracking(options.matchedOptionValue(TRACK_WRITES, "")),
                options.hasMatchedOption(NO_REBOOT) ? OnReset.END : OnReset.RESTART,
                processors(options.matchedOptionValue(PIN, "")),
                DeviceOptions.read(options),
                DeviceOptions.console(options));
    }

    private static Size memory(String text) {
        return SizeText.require(MEMORY, text, "512M");
    }

    private static PageBacking pages(String kind) {
        return switch (kind) {
            case "small" -> PageBacking.SMALL;
            case "thp" -> PageBacking.TRANSPARENT_HUGE;
            case "huge" -> PageBacking.HUGE_2M;
            default -> throw new UsageException(PAGES + ": '" + kind + "' is none of thp, small, huge");
        };
    }

    private static WriteTracking tracking(String how) {
        return switch (how) {
            case "" -> WriteTracking.NONE;
            case "log" -> WriteTracking.LOG;
            case "ring" -> WriteTracking.RING;
            default -> throw new UsageException(TRACK_WRITES + ": '" + how + "' is none of log, ring");
        };
    }

    private static List<Integer> processors(String text) {
        List<Integer> processors = new ArrayList<>();
        if (!text.isEmpty()) {
            for (String number : text.split(",", -1)) {
                processors.add(processor(number));
            }
        }
        return processors;
    }

    private static int processor(String text) {
        try {
            return Integer.parseUnsignedInt(text);
        } catch (NumberFormatException e) {
            throw new UsageException(
                    PIN + ": '" + text + "' is no processor: numbers from 0, with commas between them", e);
        }
    }
}
