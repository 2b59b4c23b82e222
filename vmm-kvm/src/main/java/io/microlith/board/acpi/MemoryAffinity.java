// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;

/**
 * A range of guest-physical memory and the processors it is near to.
 *
 * @param range the addresses
 * @param domain the proximity domain
 * @param plug whether it is there all the time
 */
public record MemoryAffinity(AddressRange range, int domain, Plug plug) {
    /** Whether memory is there all the time. */
    public enum Plug {
        /** It is. */
        FIXED,
        /** It may come later: the guest keeps the addresses free for it. */
        HOT_PLUGGABLE
    }

    /** Refuses a negative domain. */
    public MemoryAffinity {
        if (domain < 0) {
            throw new ConfigException("memory", "no proximity domain is negative [domain=" + domain + "]");
        }
    }
}
