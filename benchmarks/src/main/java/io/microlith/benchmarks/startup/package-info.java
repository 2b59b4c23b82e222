// SPDX-License-Identifier: Apache-2.0
/** What it takes to start the command line. */
@NullMarked
package io.microlith.benchmarks.startup;

import org.jspecify.annotations.NullMarked;
