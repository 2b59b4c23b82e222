// SPDX-License-Identifier: Apache-2.0
/** The command that runs the built-in guest. */
@NullMarked
package io.microlith.examples.cli.hello;

import org.jspecify.annotations.NullMarked;
