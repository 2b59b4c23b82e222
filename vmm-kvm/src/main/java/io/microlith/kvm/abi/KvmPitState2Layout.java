// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_pit_state2}. */
public final class KvmPitState2Layout {
    /** {@code struct kvm_pit_channel_state channels[3]}. */
    public static final long CHANNELS = 0;

    /** {@code __u32 flags}. */
    public static final long FLAGS = 72;

    /** The size of the struct in bytes. */
    public static final long SIZE = 112;

    private KvmPitState2Layout() {}
}
