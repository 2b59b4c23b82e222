// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_xsave}. With KVM_CAP_XSAVE2 it may be longer. */
public final class KvmXsaveLayout {
    /** {@code __u32 region[1024]}. */
    public static final long REGION = 0;

    /** The size of the struct in bytes. */
    public static final long SIZE = 4096;

    private KvmXsaveLayout() {}
}
