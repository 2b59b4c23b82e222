// SPDX-License-Identifier: Apache-2.0
/** The command that runs a kernel: a small VMM with the guest's console on the terminal. */
@NullMarked
package io.microlith.examples.cli.run;

import org.jspecify.annotations.NullMarked;
