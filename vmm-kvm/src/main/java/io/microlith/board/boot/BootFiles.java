// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import java.util.List;

/**
 * What is given to a kernel when it is started.
 *
 * @param commandLine its command line, perhaps empty
 * @param modules what is loaded beside it
 */
record BootFiles(String commandLine, List<BootModule> modules) {
    BootFiles {
        modules = List.copyOf(modules);
    }
}
