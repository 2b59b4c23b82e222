// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_device_attr}. */
public final class KvmDeviceAttrLayout {
    /** {@code __u32 flags}. */
    public static final long FLAGS = 0;

    /** {@code __u32 group}. */
    public static final long GROUP = 4;

    /** {@code __u64 attr}. */
    public static final long ATTR = 8;

    /** {@code __u64 addr}: of the value. */
    public static final long ADDR = 16;

    /** The size of the struct in bytes. */
    public static final long SIZE = 24;

    /** KVM_VCPU_TSC_CTRL in {@code group}. */
    public static final int GROUP_VCPU_TSC_CTRL = 0;

    /** KVM_VCPU_TSC_OFFSET in {@code attr}. */
    public static final int ATTR_VCPU_TSC_OFFSET = 0;

    private KvmDeviceAttrLayout() {}
}
