// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

/** What an embedder can hear of a panic port. Called on a vCPU's thread: return at once. */
public interface PvPanicEvents {
    /** Hears nothing. */
    PvPanicEvents NONE = new PvPanicEvents() {};

    /** The guest's kernel panicked. The VM ends with that. */
    default void onPanicked() {}

    /** The guest's kernel panicked and starts another one to write a dump; the VM runs on. */
    default void onCrashLoaded() {}
}
