// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.vmm.error.ConfigException;

/**
 * A processor of the board.
 *
 * @param apicId the id of its local APIC; from 255 on the guest needs x2APIC mode
 * @param domain its proximity domain, 0 if there is only one
 */
public record Processor(int apicId, int domain) {
    /** The first id that only x2APIC mode has. */
    private static final int FIRST_X2APIC_ID = 255;

    /** Refuses negative numbers. */
    public Processor {
        if (apicId < 0) {
            throw new ConfigException("vcpus", "no APIC id is negative [apicId=" + apicId + "]");
        }
        if (domain < 0) {
            throw new ConfigException("vcpus", "no proximity domain is negative [domain=" + domain + "]");
        }
    }

    /** Whether tables have to describe it by the wider structures for x2APIC mode. */
    boolean needsX2Apic() {
        return apicId >= FIRST_X2APIC_ID;
    }
}
