// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_mp_state}. */
public final class KvmMpStateLayout {
    /** {@code __u32 mp_state}. */
    public static final long MP_STATE = 0;

    /** The size of the struct in bytes. */
    public static final long SIZE = 4;

    private KvmMpStateLayout() {}
}
