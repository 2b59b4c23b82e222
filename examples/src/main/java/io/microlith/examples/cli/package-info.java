// SPDX-License-Identifier: Apache-2.0
/** The command line: where it starts, and which commands it has. */
@NullMarked
package io.microlith.examples.cli;

import org.jspecify.annotations.NullMarked;
