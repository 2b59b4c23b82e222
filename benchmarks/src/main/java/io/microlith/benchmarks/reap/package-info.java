// SPDX-License-Identifier: Apache-2.0
/** Ways to restore a function's memory from a snapshot, against each other, as the paper on REAP compares them. */
@NullMarked
package io.microlith.benchmarks.reap;

import org.jspecify.annotations.NullMarked;
