// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

/** A message-signalled interrupt with its address and data already chosen. Any thread. */
public interface MsiVector {
    /** Sends the message. */
    void signal();
}
