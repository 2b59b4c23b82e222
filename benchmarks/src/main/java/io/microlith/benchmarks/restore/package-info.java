// SPDX-License-Identifier: Apache-2.0
/** Linux restored from a snapshot, under this SDK and under QEMU. */
@NullMarked
package io.microlith.benchmarks.restore;

import org.jspecify.annotations.NullMarked;
