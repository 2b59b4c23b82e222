// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.error.ConfigException;
import java.util.Map;
import java.util.TreeMap;

/** A device's options in text, taken one by one. */
final class Options {
    private final String type;
    private final Map<String, String> left;

    private Options(String type, Map<String, String> options) {
        this.type = type;
        left = new TreeMap<>(options);
    }

    static Options of(String type, Map<String, String> options) {
        return new Options(type, options);
    }

    /** Takes an option's value, or the default. */
    String take(String name, String otherwise) {
        String value = left.remove(name);
        return value != null ? value : otherwise;
    }

    /** Takes the number of an I/O port, decimal or with {@code 0x}. */
    int takePort(String name, int otherwise) {
        String text = take(name, Integer.toString(otherwise));
        try {
            return IoPorts.checked(type + "." + name, Integer.decode(text));
        } catch (NumberFormatException e) {
            throw new ConfigException(type + "." + name, "'" + text + "' is no number", e);
        }
    }

    /** Refuses what was not taken. */
    void requireNone() {
        if (!left.isEmpty()) {
            String name = left.keySet().iterator().next();
            throw new ConfigException(type + "." + name, "no such option");
        }
    }
}
