// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.microlith.kvm.abi.KvmClockDataLayout;
import io.microlith.kvm.abi.KvmIoctl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The paravirtual clock of a VM at one moment.
 *
 * @param nanos nanoseconds the guest sees since the VM was made
 * @param flags which of the following are there, and whether all vCPUs see one clock ({@code KVM_CLOCK_*})
 * @param realtime the host's wall clock then, in nanoseconds since 1970, if the host says it
 * @param hostTsc the host's TSC then, if the host says it
 */
public record KvmClock(long nanos, int flags, long realtime, long hostTsc) {
    static KvmClock read(KvmFile vm) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment clock = arena.allocate(KvmClockDataLayout.SIZE, Long.BYTES);
            vm.call(KvmIoctl.KVM_GET_CLOCK, clock, "");
            return new KvmClock(
                    clock.get(JAVA_LONG, KvmClockDataLayout.CLOCK),
                    clock.get(JAVA_INT, KvmClockDataLayout.FLAGS),
                    clock.get(JAVA_LONG, KvmClockDataLayout.REALTIME),
                    clock.get(JAVA_LONG, KvmClockDataLayout.HOST_TSC));
        }
    }

    static void set(KvmFile vm, long nanos) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment clock = arena.allocate(KvmClockDataLayout.SIZE, Long.BYTES);
            clock.set(JAVA_LONG, KvmClockDataLayout.CLOCK, nanos);
            vm.call(KvmIoctl.KVM_SET_CLOCK, clock, () -> "clock=" + nanos);
        }
    }

    /** Whether {@link #realtime} and {@link #hostTsc} say something. */
    public boolean hasHostTime() {
        int both = KvmClockDataLayout.FLAG_REALTIME | KvmClockDataLayout.FLAG_HOST_TSC;
        return (flags & both) == both;
    }
}
