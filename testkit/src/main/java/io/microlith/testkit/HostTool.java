// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;

/**
 * A program that a test compares with, and a host may not have. Immutable; any thread.
 *
 * @param name the program, as it is called from a shell
 * @param debianPackage where Debian has it
 */
public record HostTool(String name, String debianPackage) {
    /** The C compiler. */
    public static final HostTool GCC = new HostTool("gcc", "gcc");

    /**
     * Goes on where the program is on the PATH. Elsewhere the test that calls this is skipped, with a line on standard
     * error; with {@code MICROLITH_REQUIRE_TOOLS=1} in the environment it fails.
     */
    public void require() {
        require(isOnPath(), name + " is not installed: apt-get install " + debianPackage);
    }

    /**
     * The same for something else that comes with a package, such as headers.
     *
     * @param found whether it is there
     * @param problem what to say if it is not
     */
    public static void require(boolean found, String problem) {
        if (found) {
            return;
        }
        if ("1".equals(System.getenv("MICROLITH_REQUIRE_TOOLS"))) {
            throw new AssertionError(problem);
        }
        System.err.println("SKIPPED: " + problem);
        Assumptions.abort(problem);
    }

    private boolean isOnPath() {
        String path = System.getenv("PATH");
        return path != null
                && Arrays.stream(path.split(":", -1)).anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }
}
