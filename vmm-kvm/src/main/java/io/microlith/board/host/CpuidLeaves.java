// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.host;

import io.microlith.kvm.CpuidEntry;
import io.microlith.kvm.CpuidRegister;
import java.util.List;

/** A CPUID table, asked by leaf. */
record CpuidLeaves(List<CpuidEntry> entries) {
    CpuidLeaves {
        entries = List.copyOf(entries);
    }

    /** What a register has; 0 if there is no such leaf, as on a processor without it. */
    int register(int function, int index, CpuidRegister register) {
        // Some fifty times for each vCPU that is restored, in an interpreter perhaps: no stream.
        for (CpuidEntry entry : entries) {
            if (entry.function() == function && entry.index() == index) {
                return register.of(entry);
            }
        }
        return 0;
    }

    /** Two registers as one number, the second above the first. */
    long pair(int function, int index, CpuidRegister low, CpuidRegister high) {
        return Integer.toUnsignedLong(register(function, index, low)) | (long) register(function, index, high) << 32;
    }
}
