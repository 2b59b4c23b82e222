// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_lapic_state}: the registers of a local APIC at their offsets in its page. */
public final class KvmLapicStateLayout {
    /** {@code char regs[1024]}. */
    public static final long REGS = 0;

    /** The size of the struct in bytes. */
    public static final long SIZE = 1024;

    private KvmLapicStateLayout() {}
}
