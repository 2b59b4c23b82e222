// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_clock_data}. */
public final class KvmClockDataLayout {
    /** {@code __u64 clock}. */
    public static final long CLOCK = 0;

    /** {@code __u32 flags}. */
    public static final long FLAGS = 8;

    /** {@code __u64 realtime}. */
    public static final long REALTIME = 16;

    /** {@code __u64 host_tsc}. */
    public static final long HOST_TSC = 24;

    /** The size of the struct in bytes. */
    public static final long SIZE = 48;

    /** KVM_CLOCK_TSC_STABLE in {@code flags}. */
    public static final int FLAG_TSC_STABLE = 2;

    /** KVM_CLOCK_REALTIME in {@code flags}. */
    public static final int FLAG_REALTIME = 4;

    /** KVM_CLOCK_HOST_TSC in {@code flags}. */
    public static final int FLAG_HOST_TSC = 8;

    private KvmClockDataLayout() {}
}
