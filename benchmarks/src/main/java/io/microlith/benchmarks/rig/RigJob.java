// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.rig;

import java.nio.file.Path;
import java.util.List;

/**
 * A command for the outer VM.
 *
 * @param name of the files for its output, below {@code directory}: {@code NAME.log} and {@code NAME.err}
 * @param directory where they go
 * @param seconds it may take
 * @param options further ones of {@code rig/run}
 * @param files it finds in its working directory
 * @param command its words
 */
public record RigJob(
        String name, Path directory, int seconds, List<String> options, List<Path> files, List<String> command) {
    /** A command that leaves nothing but its output. */
    public RigJob(String name, Path directory, int seconds, List<Path> files, List<String> command) {
        this(name, directory, seconds, List.of(), files, command);
    }
}
