// SPDX-License-Identifier: Apache-2.0
/** What a command of the command line is: its arguments, its output, its failures and its exit status. */
@NullMarked
package io.microlith.examples.cli.command;

import org.jspecify.annotations.NullMarked;
