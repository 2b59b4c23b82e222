// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.host;

import io.microlith.kvm.MsrValue;

/** What model-specific registers are called (Intel SDM volume 4; Documentation/virt/kvm/x86/msr.rst). */
public final class MsrName {
    private static final int KVM_POLL_CONTROL = 0x4b56_4d05;
    private static final int AMD64_TSC_RATIO = 0xc000_0104;

    private MsrName() {}

    /** {@code MSR IA32_XSS (0xda0)}, or {@code MSR 0xda1} if the name is not known. */
    static String describe(int index) {
        String name = name(index);
        String number = "0x" + Integer.toHexString(index);
        return name.isEmpty() ? "MSR " + number : "MSR " + name + " (" + number + ")";
    }

    /** Whether a register has what KVM gives it where no guest writes it: a host that lacks it may leave it out. */
    public static boolean isUnused(MsrValue msr) {
        return switch (msr.index()) {
            case KVM_POLL_CONTROL -> msr.value() == 1;
            // A ratio of 1, in a format that has 32 bits behind the point.
            case AMD64_TSC_RATIO -> msr.value() == 1L << 32;
            default -> msr.value() == 0;
        };
    }

    private static String name(int index) {
        return switch (index) {
            case 0x10 -> "IA32_TSC";
            case 0x1b -> "IA32_APIC_BASE";
            case 0x3a -> "IA32_FEATURE_CONTROL";
            case 0x3b -> "IA32_TSC_ADJUST";
            case 0x48 -> "IA32_SPEC_CTRL";
            case 0x8b -> "IA32_BIOS_SIGN_ID";
            case 0x9e -> "IA32_SMBASE";
            case 0xce -> "MSR_PLATFORM_INFO";
            case 0xe1 -> "IA32_UMWAIT_CONTROL";
            case 0x10a -> "IA32_ARCH_CAPABILITIES";
            case 0x122 -> "IA32_TSX_CTRL";
            case 0x140 -> "MISC_FEATURES_ENABLES";
            case 0x174 -> "IA32_SYSENTER_CS";
            case 0x175 -> "IA32_SYSENTER_ESP";
            case 0x176 -> "IA32_SYSENTER_EIP";
            case 0x17a -> "IA32_MCG_STATUS";
            case 0x17b -> "IA32_MCG_CTL";
            case 0x1a0 -> "IA32_MISC_ENABLE";
            case 0x1c4 -> "IA32_XFD";
            case 0x1c5 -> "IA32_XFD_ERR";
            case 0x1d9 -> "IA32_DEBUGCTL";
            case 0x277 -> "IA32_PAT";
            case 0x2ff -> "IA32_MTRR_DEF_TYPE";
            case 0x345 -> "IA32_PERF_CAPABILITIES";
            case 0x4d0 -> "IA32_MCG_EXT_CTL";
            case 0x6a0 -> "IA32_U_CET";
            case 0x6a2 -> "IA32_S_CET";
            case 0x6a4 -> "IA32_PL0_SSP";
            case 0x6a5 -> "IA32_PL1_SSP";
            case 0x6a6 -> "IA32_PL2_SSP";
            case 0x6a7 -> "IA32_PL3_SSP";
            case 0x6a8 -> "IA32_INTERRUPT_SSP_TABLE_ADDR";
            case 0x6e0 -> "IA32_TSC_DEADLINE";
            case 0xd90 -> "IA32_BNDCFGS";
            case 0xda0 -> "IA32_XSS";
            case 0x4b56_4d00 -> "KVM_WALL_CLOCK_NEW";
            case 0x4b56_4d01 -> "KVM_SYSTEM_TIME_NEW";
            case 0x4b56_4d02 -> "KVM_ASYNC_PF_EN";
            case 0x4b56_4d03 -> "KVM_STEAL_TIME";
            case 0x4b56_4d04 -> "KVM_PV_EOI_EN";
            case KVM_POLL_CONTROL -> "KVM_POLL_CONTROL";
            case 0x4b56_4d06 -> "KVM_ASYNC_PF_INT";
            case 0x4b56_4d07 -> "KVM_ASYNC_PF_ACK";
            case 0x4b56_4d08 -> "KVM_MIGRATION_CONTROL";
            case 0xc000_0080 -> "IA32_EFER";
            case 0xc000_0081 -> "IA32_STAR";
            case 0xc000_0082 -> "IA32_LSTAR";
            case 0xc000_0083 -> "IA32_CSTAR";
            case 0xc000_0084 -> "IA32_FMASK";
            case 0xc000_0100 -> "IA32_FS_BASE";
            case 0xc000_0101 -> "IA32_GS_BASE";
            case 0xc000_0102 -> "IA32_KERNEL_GS_BASE";
            case 0xc000_0103 -> "IA32_TSC_AUX";
            case AMD64_TSC_RATIO -> "AMD64_TSC_RATIO";
            case 0xc001_011f -> "AMD64_VIRT_SPEC_CTRL";
            default -> "";
        };
    }
}
