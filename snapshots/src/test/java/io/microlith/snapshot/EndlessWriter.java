// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import java.nio.file.Path;

/** A program to be killed: writes snapshots into a directory, and says so on a line for each. */
final class EndlessWriter {
    private EndlessWriter() {}

    /** Takes the directory, and a prefix for the names. */
    public static void main(String[] arguments) {
        Path directory = Path.of(arguments[0]);
        PatternedMachine.frozen(machine -> {
            for (int i = 0; ; i++) {
                System.out.println("wrote "
                        + Snapshot.write(machine, directory.resolve(arguments[1] + i))
                                .directory());
            }
        });
    }
}
