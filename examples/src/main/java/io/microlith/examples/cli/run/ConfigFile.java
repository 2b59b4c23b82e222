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
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A JSON file with options of a command: an object whose names are those of the options without the dashes. An option
 * without a value is true or false, and one that may be repeated a list, or one value. Paths in it are relative to the
 * working directory, as on the command line.
 */
final class ConfigFile {
    private static final long MAX_SIZE = 1 << 16;
    private static final String DASHES = "--";

    private final Path file;
    private final Map<String, OptionSpec> options = new TreeMap<>();

    private ConfigFile(Path file, CommandSpec command, String ownOption) {
        this.file = file;
        for (OptionSpec option : command.options()) {
            String name = option.longestName();
            if (!option.usageHelp() && !name.equals(ownOption)) {
                options.put(name.substring(DASHES.length()), option);
            }
        }
    }

    /**
     * Reads a file.
     *
     * @param command whose options it may have
     * @param ownOption the option that names such a file, which it may not
     * @return its settings as arguments, to be put before those of the command line
     * @throws CommandException if it cannot be read, or is not what it should be
     */
    static List<String> arguments(Path file, CommandSpec command, String ownOption) {
        ConfigFile config = new ConfigFile(file, command, ownOption);
        List<String> arguments = new ArrayList<>();
        for (Map.Entry<String, @Nullable Object> setting : config.read().entrySet()) {
            config.addTo(arguments, setting.getKey(), setting.getValue());
        }
        return arguments;
    }

    private Map<String, @Nullable Object> read() {
        try {
            if (Files.size(file) > MAX_SIZE) {
                throw problem("it is larger than " + MAX_SIZE + " bytes: not a configuration");
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

    private void addTo(List<String> arguments, String name, @Nullable Object value) {
        OptionSpec option = options.get(name);
        if (option == null) {
            throw problem("there is no setting '" + name + "'; there are " + String.join(", ", options.keySet()));
        }
        if (option.isMultiValue()) {
            for (Object item : value instanceof List<?> list ? list : List.of(text(name, value))) {
                arguments.add(DASHES + name + "=" + text(name, item));
            }
        } else if (value instanceof Boolean on && option.arity().min() == 0) {
            if (on) {
                arguments.add(DASHES + name);
            }
        } else if (option.arity().max() == 0) {
            throw problem(name + " is neither true nor false");
        } else {
            arguments.add(DASHES + name + "=" + text(name, value));
        }
    }

    private String text(String name, @Nullable Object value) {
        if (value instanceof String || value instanceof Number) {
            return value.toString();
        }
        if (value instanceof List<?> list && name.equals("pin")) {
            return list.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        throw problem(name + " is neither a string nor a number");
    }

    private CommandException problem(String text) {
        return new CommandException("config: " + file + ": " + text);
    }
}
