// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A feature of a processor that this SDK or its user may want to know of, by its bit in CPUID (Intel SDM volume 2,
 * CPUID; AMD APM volume 3, appendix E).
 */
public enum CpuFeature {
    /** MONITOR and MWAIT. */
    MONITOR(1, CpuidRegister.ECX, 3),
    /** Virtualization of Intel processors. */
    VMX(1, CpuidRegister.ECX, 5),
    /** SSE 4.2. */
    SSE4_2(1, CpuidRegister.ECX, 20),
    /** Local APIC by MSRs, with 32-bit ids. */
    X2APIC(1, CpuidRegister.ECX, 21),
    /** A timer of the local APIC that fires at a TSC value. */
    TSC_DEADLINE(1, CpuidRegister.ECX, 24),
    /** AES instructions. */
    AES(1, CpuidRegister.ECX, 25),
    /** Extended state. */
    XSAVE(1, CpuidRegister.ECX, 26),
    /** 256-bit vectors. */
    AVX(1, CpuidRegister.ECX, 28),
    /** Random numbers. */
    RDRAND(1, CpuidRegister.ECX, 30),
    /** The processor is virtual. */
    HYPERVISOR(1, CpuidRegister.ECX, 31),
    /** Memory type range registers. */
    MTRR(1, CpuidRegister.EDX, 12),
    /** FS and GS bases without system calls. */
    FSGSBASE(7, CpuidRegister.EBX, 0),
    /** 256-bit integer vectors. */
    AVX2(7, CpuidRegister.EBX, 5),
    /** The kernel cannot execute user pages. */
    SMEP(7, CpuidRegister.EBX, 7),
    /** 512-bit vectors. */
    AVX512F(7, CpuidRegister.EBX, 16),
    /** The kernel cannot touch user pages by accident. */
    SMAP(7, CpuidRegister.EBX, 20),
    /** Protection keys. */
    PKU(7, CpuidRegister.ECX, 3),
    /** 57-bit linear addresses. */
    LA57(7, CpuidRegister.ECX, 16),
    /** Virtualization of AMD processors. */
    SVM(0x8000_0001, CpuidRegister.ECX, 2),
    /** Pages that hold no code. */
    NX(0x8000_0001, CpuidRegister.EDX, 20),
    /** 1 GiB pages. */
    PAGES_1G(0x8000_0001, CpuidRegister.EDX, 26),
    /** RDTSCP. */
    RDTSCP(0x8000_0001, CpuidRegister.EDX, 27),
    /** 64-bit mode. */
    LONG_MODE(0x8000_0001, CpuidRegister.EDX, 29),
    /** A TSC that runs at one speed, always. */
    INVARIANT_TSC(0x8000_0007, CpuidRegister.EDX, 8);

    private final int function;
    private final CpuidRegister register;
    private final int bit;

    CpuFeature(int function, CpuidRegister register, int bit) {
        this.function = function;
        this.register = register;
        this.bit = bit;
    }

    /** Whether a CPUID table has the feature. */
    public boolean in(List<CpuidEntry> cpuid) {
        return cpuid.stream()
                .filter(entry -> entry.function() == function && entry.index() == 0)
                .anyMatch(entry -> (register.of(entry) >>> bit & 1) != 0);
    }

    /** All features a CPUID table has. */
    public static Set<CpuFeature> allIn(List<CpuidEntry> cpuid) {
        Set<CpuFeature> found = EnumSet.noneOf(CpuFeature.class);
        for (CpuFeature feature : values()) {
            if (feature.in(cpuid)) {
                found.add(feature);
            }
        }
        return found;
    }
}
