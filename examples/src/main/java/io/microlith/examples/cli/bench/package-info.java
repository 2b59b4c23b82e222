// SPDX-License-Identifier: Apache-2.0
/** The command that runs benchmarks. */
@NullMarked
package io.microlith.examples.cli.bench;

import org.jspecify.annotations.NullMarked;
