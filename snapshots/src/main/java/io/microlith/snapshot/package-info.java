// SPDX-License-Identifier: Apache-2.0
/**
 * Snapshots. {@link io.microlith.snapshot.Snapshot#write} puts a frozen machine into a directory, and
 * {@link io.microlith.snapshot.Snapshot#open} finds it there; a {@link io.microlith.snapshot.RestoreStrategy} says how
 * its memory comes back.
 */
@NullMarked
package io.microlith.snapshot;

import org.jspecify.annotations.NullMarked;
