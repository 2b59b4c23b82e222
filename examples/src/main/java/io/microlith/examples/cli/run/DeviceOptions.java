// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.examples.cli.command.UsageException;
import io.microlith.virtio.setup.VirtioFactory;
import io.microlith.vmm.device.DeviceFactories;
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
    private static final String PMEM = "--pmem";
    private static final String RNG = "--rng";
    private static final String NET = "--net";
    private static final String VSOCK = "--vsock";
    private static final String BALLOON = "--balloon";
    private static final String DEVICE = "--device";
    private static final String TRANSPORT = "--transport";
    private static final String DEFAULT_TRANSPORT = "mmio";

    /** What stands for the number of one of several guests. */
    private static final String NUMBER = "{n}";

    private DeviceOptions() {}

    /** Adds the options to a command. */
    static void describe(CommandSpec spec) {
        spec.addOption(
                repeated(
                        DISK,
                        "FILE[,OPTION...]",
                        "A disk: a raw file or a block device. Options: readonly, overlay=FILE (what is written goes there),"
                                + " serial=TEXT, queues=N, ring=packed, bandwidth=BYTES and ops=N (the most in a second). May be repeated."));
        spec.addOption(repeated(
                PMEM,
                "FILE[,OPTION...]",
                "Persistent memory: a file of some times 2 MiB, or a block device, that the guest works in as in RAM."
                        + " Options: readonly. May be repeated."));
        spec.addOption(OptionSpec.builder(RNG)
                .description("Random numbers of the host's.")
                .build());
        spec.addOption(
                repeated(
                        NET,
                        "BACKEND[,OPTION...]",
                        "A network card. BACKEND is tap=NAME, an interface of the host, or passt=PATH, the socket of a passt."
                                + " Options: mac=ADDRESS, queues=N (of the tap), mtu=BYTES, pcap=FILE (is emptied, and gets all frames),"
                                + " ring=packed, bandwidth=BYTES and ops=N (the most in a second, each way). May be repeated."));
        spec.addOption(OptionSpec.builder(VSOCK)
                .paramLabel("PATH[,OPTION...]")
                .type(String.class)
                .description(
                        "Sockets between guest and host: a program that connects to the Unix socket PATH and writes"
                                + " 'CONNECT PORT' gets to that port of the guest, and the guest's connections to PORT of"
                                + " the host (CID 2) to PATH_PORT. Options: cid=N, connections=N, buffer=BYTES, ring=packed.")
                .build());
        spec.addOption(repeated(ConsoleOptions.CONSOLE, ConsoleOptions.LABEL, ConsoleOptions.DESCRIPTION));
        spec.addOption(OptionSpec.builder(BALLOON)
                .paramLabel("OPTION...")
                .type(String.class)
                .arity("0..1")
                .fallbackValue("")
                .description(
                        "Memory that goes back to the host. Options, with commas between them: target=SIZE (how much is"
                                + " taken), reporting (what is free is given back), hinting, deflate-on-oom, stats=SECONDS."
                                + " With --control, 'microlith balloon' changes the target, asks for hints and says"
                                + " what the guest said.")
                .build());
        spec.addOption(repeated(
                DEVICE,
                "TYPE[,OPTION=VALUE...]",
                "A device of any type that a jar on the path provides. May be repeated."));
        spec.addOption(OptionSpec.builder(TRANSPORT)
                .paramLabel("KIND")
                .type(String.class)
                .defaultValue(DEFAULT_TRANSPORT)
                .description("How the guest finds its virtio devices: mmio or pci. Default: ${DEFAULT-VALUE}.")
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
            devices.add(onFile(DISK, "blk", disk, transport));
        }
        for (String memory : options.matchedOptionValue(PMEM, List.<String>of())) {
            devices.add(onFile(PMEM, "pmem", memory, transport));
        }
        for (String card : options.matchedOptionValue(NET, List.<String>of())) {
            devices.add(net(card, transport));
        }
        if (options.hasMatchedOption(RNG)) {
            devices.add(new DeviceRequest("rng", Map.of("transport", transport)));
        }
        if (options.hasMatchedOption(VSOCK)) {
            devices.add(onFile(VSOCK, "vsock", options.matchedOptionValue(VSOCK, ""), transport));
        }
        if (options.hasMatchedOption(BALLOON)) {
            devices.add(balloon(options.matchedOptionValue(BALLOON, ""), transport));
        }
        for (String device : options.matchedOptionValue(DEVICE, List.<String>of())) {
            devices.add(any(device, transport));
        }
        return devices;
    }

    /** The same for one of several guests: {@code {n}} in an option's value is its number. */
    static List<DeviceRequest> read(ParseResult options, int number) {
        return read(options).stream()
                .map(request -> new DeviceRequest(request.type(), numbered(request.options(), number)))
                .toList();
    }

    private static Map<String, String> numbered(Map<String, String> options, int number) {
        Map<String, String> own = new LinkedHashMap<>();
        options.forEach((name, value) -> own.put(name, numbered(value, number)));
        return own;
    }

    private static String numbered(String value, int number) {
        return value.replace(NUMBER, Integer.toString(number));
    }

    /** What is on the terminal, and the ports beside it. */
    static ConsoleSettings console(ParseResult options) {
        return console(options, consoleOptions(options));
    }

    /** The same for one of several guests. */
    static ConsoleSettings console(ParseResult options, int number) {
        return console(
                options,
                consoleOptions(options).stream()
                        .map(value -> numbered(value, number))
                        .toList());
    }

    private static ConsoleSettings console(ParseResult options, List<String> values) {
        return ConsoleOptions.read(values, transport(options.matchedOptionValue(TRANSPORT, DEFAULT_TRANSPORT)));
    }

    private static List<String> consoleOptions(ParseResult options) {
        return options.matchedOptionValue(ConsoleOptions.CONSOLE, List.<String>of());
    }

    private static String transport(String kind) {
        return switch (kind) {
            case "mmio", "pci" -> kind;
            default -> throw new UsageException(TRANSPORT + ": '" + kind + "' is none of mmio, pci");
        };
    }

    /** {@code FILE,OPTION...} for a device on a file. */
    private static DeviceRequest onFile(String flag, String type, String text, String transport) {
        List<String> parts = List.of(text.split(",", -1));
        if (parts.getFirst().isEmpty()) {
            throw new UsageException(flag + ": '" + text + "' names no file: write FILE,OPTION...");
        }
        Map<String, String> settings = settings(parts.subList(1, parts.size()), transport);
        settings.put("path", parts.getFirst());
        return new DeviceRequest(type, settings);
    }

    private static DeviceRequest net(String text, String transport) {
        if (!text.contains("=")) {
            throw new UsageException(NET + ": '" + text + "' names no backend: write tap=NAME or passt=PATH");
        }
        return new DeviceRequest("net", settings(List.of(text.split(",", -1)), transport));
    }

    private static DeviceRequest balloon(String text, String transport) {
        List<String> parts = text.isEmpty() ? List.of() : List.of(text.split(",", -1));
        Map<String, String> settings = settings(parts, transport);
        settings.computeIfPresent("target", (_, size) -> bytes(size));
        return new DeviceRequest("balloon", settings);
    }

    /** {@code option=value}, or {@code option} for one that is true. */
    private static Map<String, String> settings(List<String> parts, String transport) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("transport", transport);
        for (String part : parts) {
            String[] option = part.split("=", 2);
            settings.put(option[0], option.length == 2 ? option[1] : "true");
        }
        return settings;
    }

    private static String bytes(String size) {
        return Long.toString(SizeText.require(BALLOON, size, "64M").bytes());
    }

    private static DeviceRequest any(String text, String transport) {
        DeviceRequest request = parsed(text);
        if (!(DeviceFactories.load().get(request.type()) instanceof VirtioFactory<?, ?>)) {
            return request;
        }
        Map<String, String> settings = settings(List.of(), transport);
        settings.putAll(request.options());
        return new DeviceRequest(request.type(), settings);
    }

    private static DeviceRequest parsed(String text) {
        try {
            return DeviceRequest.parse(text);
        } catch (ConfigException e) {
            throw new UsageException(DEVICE + ": " + e.getMessage(), e);
        }
    }
}
