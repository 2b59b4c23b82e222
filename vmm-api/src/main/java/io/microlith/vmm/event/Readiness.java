// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

/** What a descriptor can be watched for. */
public enum Readiness {
    /** Nothing, not even that its other end is gone. */
    NONE,
    /** There is something to read. */
    READABLE,
    /** There is room to write. */
    WRITABLE,
    /** Either. */
    BOTH
}
