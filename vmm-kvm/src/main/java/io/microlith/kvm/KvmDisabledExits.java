// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

/** Instructions that need not leave the guest: bits of {@code KVM_CAP_X86_DISABLE_EXITS}. */
public final class KvmDisabledExits {
    /** KVM_X86_DISABLE_EXITS_MWAIT. */
    public static final int MWAIT = 1;
    /** KVM_X86_DISABLE_EXITS_HLT. */
    public static final int HLT = 1 << 1;
    /** KVM_X86_DISABLE_EXITS_PAUSE. */
    public static final int PAUSE = 1 << 2;
    /** KVM_X86_DISABLE_EXITS_CSTATE. */
    public static final int CSTATE = 1 << 3;

    private KvmDisabledExits() {}
}
