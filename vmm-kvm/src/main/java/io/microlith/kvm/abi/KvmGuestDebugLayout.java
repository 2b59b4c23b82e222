// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_guest_debug}. */
public final class KvmGuestDebugLayout {
    /** {@code __u32 control}. */
    public static final long CONTROL = 0;

    /** {@code __u64 arch.debugreg[8]}. */
    public static final long DEBUGREG = 8;

    /** The size of the struct in bytes. */
    public static final long SIZE = 72;

    /** KVM_GUESTDBG_ENABLE in {@code control}. */
    public static final int ENABLE = 0x1;

    /** KVM_GUESTDBG_SINGLESTEP in {@code control}. */
    public static final int SINGLESTEP = 0x2;

    /** KVM_GUESTDBG_USE_SW_BP in {@code control}. */
    public static final int USE_SW_BP = 0x10000;

    /** KVM_GUESTDBG_USE_HW_BP in {@code control}. */
    public static final int USE_HW_BP = 0x20000;

    /** KVM_GUESTDBG_BLOCKIRQ in {@code control}. */
    public static final int BLOCKIRQ = 0x100000;

    private KvmGuestDebugLayout() {}
}
