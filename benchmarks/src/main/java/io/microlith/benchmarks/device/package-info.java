// SPDX-License-Identifier: Apache-2.0
/** What devices do for a Linux guest, beside QEMU's. */
@NullMarked
package io.microlith.benchmarks.device;

import org.jspecify.annotations.NullMarked;
