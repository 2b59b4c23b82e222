// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.examples.cli.command.UsageException;
import io.microlith.examples.cli.run.ConsoleSettings.Kind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What {@code --console} says. */
final class ConsoleOptions {
    /** The option. */
    static final String CONSOLE = "--console";

    static final String LABEL = "tty|port,OPTION...";

    static final String DESCRIPTION =
            "tty: the guest's virtio console (hvc0), and not its serial port, is on the terminal."
                    + " port,name=NAME,socket=PATH: a port that programs reach by a Unix socket;"
                    + " port,name=NAME,file=PATH: a port whose output goes to a file, which is emptied first. May be repeated.";

    private ConsoleOptions() {}

    /**
     * Reads all of them.
     *
     * @param transport how the guest finds its devices
     */
    static ConsoleSettings read(List<String> values, String transport) {
        Kind kind = Kind.SERIAL;
        Map<String, String> ports = new TreeMap<>();
        for (String value : values) {
            String[] parts = value.split(",", -1);
            switch (parts[0]) {
                case "tty" -> {
                    if (parts.length > 1) {
                        throw wrong(value, "tty has no options");
                    }
                    kind = Kind.VIRTIO;
                }
                case "port" -> addPort(ports, value, parts);
                default -> throw wrong(value, "it is neither tty nor port,name=NAME,socket=PATH");
            }
        }
        return new ConsoleSettings(kind, ports, transport);
    }

    private static void addPort(Map<String, String> ports, String value, String[] parts) {
        Map<String, String> options = new TreeMap<>();
        for (int i = 1; i < parts.length; i++) {
            String[] option = parts[i].split("=", 2);
            if (option.length != 2 || options.put(option[0], option[1]) != null) {
                throw wrong(value, "'" + parts[i] + "' is no option, or one too many");
            }
        }
        String name = options.remove("name");
        if (name == null || name.isEmpty()) {
            throw wrong(value, "it has no name: add name=NAME");
        }
        Map.Entry<String, String> where =
                options.size() == 1 ? options.entrySet().iterator().next() : Map.entry("", "");
        if (!where.getKey().equals("socket") && !where.getKey().equals("file")) {
            throw wrong(value, "it wants name, and one of socket=PATH and file=PATH");
        }
        if (ports.put(name, where.getKey() + ":" + where.getValue()) != null) {
            throw wrong(value, "there is a port of that name already");
        }
    }

    private static UsageException wrong(String value, String problem) {
        return new UsageException(CONSOLE + ": '" + value + "': " + problem);
    }
}
