// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import com.fasterxml.jackson.jr.ob.JSON;
import io.microlith.examples.cli.command.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A JSON file with options of {@code run}: an object whose names are those of the options without the dashes. Paths in
 * it are relative to the working directory, as on the command line.
 */
final class ConfigFile {
    private static final long MAX_SIZE = 1 << 16;

    private static final Set<String> VALUES = Set.of(
            "kernel", "initrd", "cmdline", "board", "mem", "cpus", "pages", "pin", "transport", "kvm", "balloon");
    private static final Set<String> LISTS = Set.of("console", "disk", "device");
    private static final Set<String> FLAGS = Set.of("no-reboot", "overcommit", "rng", "stats");

    private ConfigFile() {}

    /**
     * Reads a file.
     *
     * @return its settings as arguments, to be put before those of the command line
     * @throws CommandException if it cannot be read, or is not what it should be
     */
    static List<String> arguments(Path file) {
        List<String> arguments = new ArrayList<>();
        for (Map.Entry<String, @Nullable Object> setting : read(file).entrySet()) {
            String name = setting.getKey();
            Object value = setting.getValue();
            if (VALUES.contains(name)) {
                arguments.add("--" + name + "=" + text(file, name, value));
            } else if (LISTS.contains(name)) {
                for (Object item : value instanceof List<?> list ? list : List.of(String.valueOf(value))) {
                    arguments.add("--" + name + "=" + text(file, name, item));
                }
            } else if (!FLAGS.contains(name)) {
                throw problem(file, "there is no setting '" + name + "'; there are " + names());
            } else if (Boolean.TRUE.equals(value)) {
                arguments.add("--" + name);
            } else if (!Boolean.FALSE.equals(value)) {
                throw problem(file, name + " is neither true nor false");
            }
        }
        return arguments;
    }

    private static Map<String, @Nullable Object> read(Path file) {
        try {
            if (Files.size(file) > MAX_SIZE) {
                throw problem(file, "it is larger than " + MAX_SIZE + " bytes: not a configuration");
            }
            return JSON.std.mapFrom(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new CommandException("config: no file " + file + ": check the path", e);
        } catch (IOException e) {
            throw new CommandException("config: " + file + " cannot be read as a JSON object: " + firstLine(e), e);
        }
    }

    private static String firstLine(IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static String text(Path file, String name, @Nullable Object value) {
        if (value instanceof String || value instanceof Number) {
            return value.toString();
        }
        if (value instanceof List<?> list && name.equals("pin")) {
            return list.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        throw problem(file, name + " is neither a string nor a number");
    }

    private static String names() {
        return VALUES.stream().sorted().collect(Collectors.joining(", ")) + ", "
                + LISTS.stream().sorted().collect(Collectors.joining(", ")) + ", "
                + FLAGS.stream().sorted().collect(Collectors.joining(", "));
    }

    private static CommandException problem(Path file, String text) {
        return new CommandException("config: " + file + ": " + text);
    }
}
