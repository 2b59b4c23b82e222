// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.microlith.kvm.abi.KvmGuestDebugLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What makes a vCPU leave the guest for a debugger, with {@link io.microlith.vmm.ExitReason#DEBUG}.
 *
 * @param control {@code KVM_GUESTDBG_*} flags
 * @param breakpoints linear addresses at which execution stops, up to four; the guest's own debug registers are not
 *     used while there is one
 */
public record GuestDebug(int control, List<Long> breakpoints) {
    private static final int MOST_BREAKPOINTS = 4;

    /** DR7: bit 10 is always set. */
    private static final long DR7_FIXED = 0x400;

    /** Refuses more breakpoints than a processor has. */
    public GuestDebug {
        breakpoints = List.copyOf(breakpoints);
        if (breakpoints.size() > MOST_BREAKPOINTS) {
            throw new IllegalArgumentException("a processor has " + MOST_BREAKPOINTS + " breakpoints");
        }
    }

    /** No debugging. */
    public static GuestDebug none() {
        return new GuestDebug(0, List.of());
    }

    /** An exit after each instruction. */
    public static GuestDebug singleStep() {
        return new GuestDebug(KvmGuestDebugLayout.ENABLE | KvmGuestDebugLayout.SINGLESTEP, List.of());
    }

    /** An exit at each INT3. */
    public static GuestDebug softwareBreakpoints() {
        return new GuestDebug(KvmGuestDebugLayout.ENABLE | KvmGuestDebugLayout.USE_SW_BP, List.of());
    }

    /** An exit before the instructions at some addresses. */
    public static GuestDebug hardwareBreakpoints(List<Long> addresses) {
        return new GuestDebug(KvmGuestDebugLayout.ENABLE | KvmGuestDebugLayout.USE_HW_BP, addresses);
    }

    MemorySegment write(Arena arena) {
        MemorySegment debug = arena.allocate(KvmGuestDebugLayout.SIZE, Long.BYTES);
        debug.set(JAVA_INT, KvmGuestDebugLayout.CONTROL, control);
        long dr7 = DR7_FIXED;
        for (int i = 0; i < breakpoints.size(); i++) {
            debugRegister(debug, i, breakpoints.get(i));
            // Global enable; condition and length zero are execution.
            dr7 |= 2L << (2 * i);
        }
        debugRegister(debug, 7, dr7);
        return debug;
    }

    private static void debugRegister(MemorySegment debug, int number, long value) {
        debug.set(JAVA_LONG, KvmGuestDebugLayout.DEBUGREG + (long) number * Long.BYTES, value);
    }
}
