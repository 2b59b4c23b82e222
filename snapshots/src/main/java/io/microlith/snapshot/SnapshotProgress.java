// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

/** Hears how far the writing of a snapshot has come. */
@FunctionalInterface
public interface SnapshotProgress {
    /** Nobody hears it. */
    SnapshotProgress NONE = (_, _) -> {};

    /**
     * Some more was looked at, and written where there was something to write. On the thread that writes, once for some
     * MiB and once at the end. Whatever it throws ends the writing, and nothing is left behind.
     *
     * @param done bytes of guest memory
     * @param total what it will be at the end
     */
    void onProgress(long done, long total);
}
