// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_signal_mask}. */
public final class KvmSignalMaskLayout {
    /** {@code __u32 len}. */
    public static final long LEN = 0;

    /** {@code __u8 sigset[]}. */
    public static final long SIGSET = 4;

    /** The size of the struct in bytes. */
    public static final long SIZE = 4;

    private KvmSignalMaskLayout() {}
}
