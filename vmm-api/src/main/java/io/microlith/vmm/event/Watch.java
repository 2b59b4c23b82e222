// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

/** A descriptor that a loop watches, until this is closed. */
public interface Watch extends Registration {
    /**
     * Waits for something else from now on. The same again costs nothing, another a system call. From the loop's thread
     * it holds at once; from another, a call for what was waited for before may still come. Has no effect once this is
     * closed. Any thread.
     */
    void await(Readiness what);
}
