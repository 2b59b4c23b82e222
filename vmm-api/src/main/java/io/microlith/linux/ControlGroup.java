// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * What this process may have as one of a control group, of version 1 or 2; see cgroups(7). Containers and services are
 * such groups.
 */
public final class ControlGroup {
    private static final Path MOUNT = Path.of("sys/fs/cgroup");

    private ControlGroup() {}

    /** What was found out once: a group's limits seldom change, and machines are made often. */
    private static final class Known {
        private static final OptionalLong MEMORY = memoryLimit(Path.of("/"));
    }

    /**
     * The most memory, in bytes, that the process's group and those above it may have all together, page cache
     * included. As it was when first asked for; empty if there is no such limit.
     */
    public static OptionalLong memoryLimit() {
        return Known.MEMORY;
    }

    /** The same on a host whose files are somewhere. What they do not say is no limit. */
    static OptionalLong memoryLimit(Path root) {
        return lines(root.resolve("proc/self/cgroup")).stream()
                .flatMapToLong(line -> memoryLimit(root, line).stream())
                .min();
    }

    /** Of a line {@code ID:CONTROLLERS:PATH}; version 2 has the id 0 and names no controllers. */
    private static OptionalLong memoryLimit(Path root, String line) {
        String[] fields = line.split(":", 3);
        if (fields.length != 3) {
            return OptionalLong.empty();
        }
        if (fields[0].equals("0")) {
            return lowest(root.resolve(MOUNT), fields[2], "memory.max");
        }
        return List.of(fields[1].split(",", -1)).contains("memory")
                ? lowest(root.resolve(MOUNT).resolve("memory"), fields[2], "memory.limit_in_bytes")
                : OptionalLong.empty();
    }

    /**
     * Of a group and those above it. One in a container may be named as the host names it, and not be there by that
     * name: then the container's root is that group.
     */
    private static OptionalLong lowest(Path mount, String group, String file) {
        OptionalLong lowest = OptionalLong.empty();
        for (Path place = mount.resolve(group.replaceFirst("^/+", "")).normalize();
                place != null && place.startsWith(mount);
                place = place.getParent()) {
            OptionalLong limit = number(place.resolve(file));
            if (limit.isPresent() && limit.getAsLong() < lowest.orElse(Long.MAX_VALUE)) {
                lowest = limit;
            }
        }
        return lowest;
    }

    private static OptionalLong number(Path file) {
        List<String> lines = lines(file);
        try {
            return lines.isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(Long.parseLong(lines.getFirst().strip()));
        } catch (NumberFormatException _) {
            // "max".
            return OptionalLong.empty();
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException _) {
            return List.of();
        }
    }
}
