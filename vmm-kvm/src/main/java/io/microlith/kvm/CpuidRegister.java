// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

/** A register that CPUID answers in. */
public enum CpuidRegister {
    /** EAX. */
    EAX,
    /** EBX. */
    EBX,
    /** ECX. */
    ECX,
    /** EDX. */
    EDX;

    /** What an entry answers in this register. */
    public int of(CpuidEntry entry) {
        return switch (this) {
            case EAX -> entry.eax();
            case EBX -> entry.ebx();
            case ECX -> entry.ecx();
            case EDX -> entry.edx();
        };
    }
}
