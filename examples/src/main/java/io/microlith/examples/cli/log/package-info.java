// SPDX-License-Identifier: Apache-2.0
/** The command line's logging: warnings and errors, one line each, on standard error. */
@NullMarked
package io.microlith.examples.cli.log;

import org.jspecify.annotations.NullMarked;
