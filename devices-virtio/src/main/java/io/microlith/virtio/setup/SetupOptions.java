// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.setup;

import io.microlith.virtio.LoopChoice;
import io.microlith.virtio.VirtioTransport;
import io.microlith.virtio.mmio.MmioTransport;
import io.microlith.virtio.pci.PciTransport;
import io.microlith.vmm.error.ConfigException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A device's options in text, taken one by one; those of every virtio device are understood here: {@code transport} is
 * {@code mmio} (default) or {@code pci}, {@code ring} is {@code split} (default) or {@code packed}, and {@code loop} is
 * {@code shared} (default) or {@code own}, a thread for the device alone.
 */
public final class SetupOptions {
    private final String type;
    private final SortedMap<String, String> left;

    private SetupOptions(String type, Map<String, String> options) {
        this.type = type;
        left = new TreeMap<>(options);
    }

    /** Begins with all options of a device type. */
    public static SetupOptions of(String type, Map<String, String> options) {
        return new SetupOptions(type, options);
    }

    /** Takes an option's value, or the default. */
    public String take(String name, String otherwise) {
        String value = left.remove(name);
        return value != null ? value : otherwise;
    }

    /**
     * Takes all options whose names begin with something.
     *
     * @return their values by what is left of their names, in the order of these
     */
    public SortedMap<String, String> takeAll(String prefix) {
        SortedMap<String, String> found = left.tailMap(prefix).headMap(prefix + Character.MAX_VALUE);
        SortedMap<String, String> taken = new TreeMap<>();
        found.forEach((name, value) -> taken.put(name.substring(prefix.length()), value));
        found.clear();
        return taken;
    }

    /**
     * Takes a truth value, {@code true} or {@code false} (default).
     *
     * @throws ConfigException if it is neither
     */
    public boolean takeFlag(String name) {
        String value = take(name, "false");
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(name, "'" + value + "' is neither true nor false");
        };
    }

    /**
     * Takes a number.
     *
     * @throws ConfigException if it is none, or out of range
     */
    public long takeNumber(String name, long otherwise, long least, long most) {
        String text = take(name, Long.toString(otherwise));
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new ConfigException(type + "." + name, "'" + text + "' is no number", e);
        }
        throw wrong(name, text + " is not " + least + " to " + most);
    }

    /**
     * Takes the path of a file, if there is one.
     *
     * @throws ConfigException if it is no path
     */
    public Optional<Path> takePath(String name) {
        String text = take(name, "");
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            throw new ConfigException(type + "." + name, "'" + text + "' is no path", e);
        }
    }

    /**
     * Takes what every virtio device understands.
     *
     * @throws ConfigException if it is wrong
     */
    public VirtioSetup takeSetup() {
        String transport = take("transport", "mmio");
        VirtioTransport chosen = switch (transport) {
            case "mmio" -> new MmioTransport();
            case "pci" -> new PciTransport();
            default -> throw wrong("transport", "'" + transport + "' is none of mmio, pci");
        };
        String loop = take("loop", "shared");
        LoopChoice choice = switch (loop) {
            case "shared" -> LoopChoice.SHARED;
            case "own" -> LoopChoice.OWN;
            default -> throw wrong("loop", "'" + loop + "' is none of shared, own");
        };
        VirtioSetup setup = VirtioSetup.DEFAULT.over(chosen).on(choice);
        String ring = take("ring", "split");
        return switch (ring) {
            case "split" -> setup;
            case "packed" -> setup.packed();
            default -> throw wrong("ring", "'" + ring + "' is none of split, packed");
        };
    }

    /**
     * Refuses what was not taken.
     *
     * @throws ConfigException naming it
     */
    public void requireNone() {
        if (!left.isEmpty()) {
            throw wrong(left.keySet().iterator().next(), "no such option");
        }
    }

    /** An error about one option, to be thrown. */
    public ConfigException wrong(String name, String problem) {
        return new ConfigException(type + "." + name, problem);
    }
}
