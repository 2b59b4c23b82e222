// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_pit_config}. */
public final class KvmPitConfigLayout {
    /** {@code __u32 flags}. */
    public static final long FLAGS = 0;

    /** The size of the struct in bytes. */
    public static final long SIZE = 64;

    /** KVM_PIT_SPEAKER_DUMMY in {@code flags}: port 0x61 is in the kernel too. */
    public static final int FLAG_SPEAKER_DUMMY = 1;

    private KvmPitConfigLayout() {}
}
