// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_translation}. */
public final class KvmTranslationLayout {
    /** {@code __u64 linear_address}. */
    public static final long LINEAR_ADDRESS = 0;

    /** {@code __u64 physical_address}. */
    public static final long PHYSICAL_ADDRESS = 8;

    /** {@code __u8 valid}. */
    public static final long VALID = 16;

    /** The size of the struct in bytes. */
    public static final long SIZE = 24;

    private KvmTranslationLayout() {}
}
