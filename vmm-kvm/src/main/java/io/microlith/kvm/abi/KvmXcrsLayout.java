// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_xcrs}. */
public final class KvmXcrsLayout {
    /** {@code __u32 nr_xcrs}. */
    public static final long NR_XCRS = 0;

    /** {@code __u32 flags}. */
    public static final long FLAGS = 4;

    /** {@code struct kvm_xcr xcrs[16]}. */
    public static final long XCRS = 8;

    /** The size of the struct in bytes. */
    public static final long SIZE = 392;

    private KvmXcrsLayout() {}
}
