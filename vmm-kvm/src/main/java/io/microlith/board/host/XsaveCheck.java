// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.host;

import io.microlith.board.state.ProcessorState;
import io.microlith.kvm.CpuidRegister;
import io.microlith.vmm.HostDifference;
import io.microlith.vmm.HostDifference.Kind;
import java.util.List;
import java.util.function.Consumer;

/**
 * The components of extended state (Intel SDM volume 1, chapter 13) that a guest may use, uses, or has something in,
 * against those of a host: each has to be there, as large and at the same place, for the area is saved as a whole.
 */
final class XsaveCheck {
    private static final int LEAF = 0xd;
    private static final int FIRST_EXTENDED = 2;

    private static final BitNames NAMES = new BitNames(List.of(
            "x87",
            "SSE",
            "AVX",
            "MPX bounds",
            "MPX configuration",
            "AVX-512 masks",
            "AVX-512 upper halves of ZMM0-15",
            "AVX-512 ZMM16-31",
            "processor trace",
            "protection keys",
            "PASID",
            "CET user",
            "CET supervisor",
            "HDC",
            "user interrupts",
            "last branch records",
            "HWP",
            "AMX tile configuration",
            "AMX tile data",
            "APX registers"));

    private final CpuidLeaves guest;
    private final CpuidLeaves host;
    private final Consumer<HostDifference> found;

    XsaveCheck(CpuidLeaves guest, CpuidLeaves host, Consumer<HostDifference> found) {
        this.guest = guest;
        this.host = host;
        this.found = found;
    }

    void run(ProcessorState saved) {
        long needed = user(guest) | supervisor(guest) | saved.xcr0() | saved.xsaveComponents();
        long given = user(host) | supervisor(host);
        BitNames.bits(needed).forEach(component -> check(component, given));
    }

    private static long user(CpuidLeaves leaves) {
        return leaves.pair(LEAF, 0, CpuidRegister.EAX, CpuidRegister.EDX);
    }

    /** Those of IA32_XSS. */
    private static long supervisor(CpuidLeaves leaves) {
        return leaves.pair(LEAF, 1, CpuidRegister.ECX, CpuidRegister.EDX);
    }

    private void check(int component, long given) {
        String name = "XSAVE component " + component
                + NAMES.of(component).map(known -> " (" + known + ")").orElse("");
        if ((given >>> component & 1) == 0) {
            // x87 and SSE are there without XSAVE as well.
            if (component >= FIRST_EXTENDED) {
                found.accept(new HostDifference(Kind.EXTENDED_STATE, name, "the guest has it", "this host does not"));
            }
        } else if ((user(guest) >>> component & 1) != 0 && component >= FIRST_EXTENDED) {
            place(component, name);
        }
    }

    private void place(int component, String name) {
        String saved = place(guest, component);
        String here = place(host, component);
        if (!saved.equals(here)) {
            found.accept(
                    new HostDifference(Kind.EXTENDED_STATE, name, "the guest has " + saved, "this host has " + here));
        }
    }

    private static String place(CpuidLeaves leaves, int component) {
        return Integer.toUnsignedString(leaves.register(LEAF, component, CpuidRegister.EAX)) + " bytes at "
                + Integer.toUnsignedString(leaves.register(LEAF, component, CpuidRegister.EBX));
    }
}
