// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.examples.cli.command.UsageException;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options of {@code run} that give devices to the guest. */
final class DeviceOptions {
    private static final String DISK = "--disk";
    private static final String RNG = "--rng";
    private static final String DEVICE = "--device";
    private static final String TRANSPORT = "--transport";
    private static final String DEFAULT_TRANSPORT = "mmio";

    private DeviceOptions() {}

    /** Adds the options to a command. */
    static void describe(CommandSpec spec) {
        spec.addOption(
                repeated(
                        DISK,
                        "FILE[,OPTION...]",
                        "A disk: a raw file or a block device. Options: readonly, overlay=FILE (what is written goes there),"
                                + " serial=TEXT, queues=N, ring=packed, bandwidth=BYTES and ops=N (the most in a second). May be repeated."));
        spec.addOption(OptionSpec.builder(RNG)
                .description("Random numbers of the host's.")
                .build());
        spec.addOption(repeated(
                DEVICE,
                "TYPE[,OPTION=VALUE...]",
                "A device of any type that a jar on the path provides. May be repeated."));
        spec.addOption(OptionSpec.builder(TRANSPORT)
                .paramLabel("KIND")
                .type(String.class)
                .defaultValue(DEFAULT_TRANSPORT)
                .description(
                        "How the guest finds " + DISK + " and " + RNG + ": mmio or pci. Default: ${DEFAULT-VALUE}.")
                .build());
    }

    private static OptionSpec repeated(String name, String label, String description) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("1")
                .description(description)
                .build();
    }

    /** The devices that were asked for, in the order in which the guest gets them. */
    static List<DeviceRequest> read(ParseResult options) {
        String transport = transport(options.matchedOptionValue(TRANSPORT, DEFAULT_TRANSPORT));
        List<DeviceRequest> devices = new ArrayList<>();
        for (String disk : options.matchedOptionValue(DISK, List.<String>of())) {
            devices.add(disk(disk, transport));
        }
        if (options.hasMatchedOption(RNG)) {
            devices.add(new DeviceRequest("rng", Map.of("transport", transport)));
        }
        for (String device : options.matchedOptionValue(DEVICE, List.<String>of())) {
            devices.add(any(device));
        }
        return devices;
    }

    private static String transport(String kind) {
        return switch (kind) {
            case "mmio", "pci" -> kind;
            default -> throw new UsageException(TRANSPORT + ": '" + kind + "' is none of mmio, pci");
        };
    }

    private static DeviceRequest disk(String text, String transport) {
        String[] parts = text.split(",", -1);
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("path", parts[0]);
        settings.put("transport", transport);
        for (int i = 1; i < parts.length; i++) {
            String[] option = parts[i].split("=", 2);
            settings.put(option[0], option.length == 2 ? option[1] : "true");
        }
        if (parts[0].isEmpty()) {
            throw new UsageException(DISK + ": '" + text + "' names no file: write FILE,OPTION...");
        }
        return new DeviceRequest("blk", settings);
    }

    private static DeviceRequest any(String text) {
        try {
            return DeviceRequest.parse(text);
        } catch (ConfigException e) {
            throw new UsageException(DEVICE + ": " + e.getMessage(), e);
        }
    }
}
