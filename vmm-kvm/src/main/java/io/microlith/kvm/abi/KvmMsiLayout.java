// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_msi}. */
public final class KvmMsiLayout {
    /** {@code __u32 address_lo}. */
    public static final long ADDRESS_LO = 0;

    /** {@code __u32 address_hi}. */
    public static final long ADDRESS_HI = 4;

    /** {@code __u32 data}. */
    public static final long DATA = 8;

    /** {@code __u32 flags}. */
    public static final long FLAGS = 12;

    /** The size of the struct in bytes. */
    public static final long SIZE = 32;

    private KvmMsiLayout() {}
}
