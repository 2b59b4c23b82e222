// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.command;

import java.io.PrintStream;

/**
 * Where a command talks to its user.
 *
 * @param out for what was asked for
 * @param err for complaints and progress
 */
public record Console(PrintStream out, PrintStream err) {}
