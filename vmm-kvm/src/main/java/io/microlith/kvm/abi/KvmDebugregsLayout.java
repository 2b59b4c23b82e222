// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_debugregs}. */
public final class KvmDebugregsLayout {
    /** {@code __u64 db[4]}. */
    public static final long DB = 0;

    /** {@code __u64 dr6}. */
    public static final long DR6 = 32;

    /** {@code __u64 dr7}. */
    public static final long DR7 = 40;

    /** {@code __u64 flags}. */
    public static final long FLAGS = 48;

    /** The size of the struct in bytes. */
    public static final long SIZE = 128;

    private KvmDebugregsLayout() {}
}
