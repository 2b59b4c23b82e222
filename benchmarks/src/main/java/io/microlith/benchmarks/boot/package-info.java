// SPDX-License-Identifier: Apache-2.0
/** What it takes to boot Linux. */
@NullMarked
package io.microlith.benchmarks.boot;

import org.jspecify.annotations.NullMarked;
