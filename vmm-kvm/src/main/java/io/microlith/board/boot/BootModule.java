// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import java.nio.file.Path;

/**
 * A file that is loaded beside the kernel.
 *
 * @param setting the setting that named it
 * @param path the file
 * @param commandLine what the kernel is told about it
 */
record BootModule(String setting, Path path, String commandLine) {}
