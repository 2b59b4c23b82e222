// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device;

/** How an interrupt input takes its line. */
public enum Trigger {
    /** A rising edge is an interrupt. Such an input belongs to one device. */
    EDGE,
    /** A high level is an interrupt until it goes low. */
    LEVEL
}
