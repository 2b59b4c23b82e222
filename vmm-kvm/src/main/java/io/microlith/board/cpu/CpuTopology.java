// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.cpu;

/**
 * How the vCPUs of a VM look to the guest: one package of cores with one thread each. The APIC id of a vCPU is its
 * number.
 *
 * @param vcpus how many there are
 */
record CpuTopology(int vcpus) {
    CpuTopology {
        if (vcpus < 1) {
            throw new IllegalArgumentException("vcpus=" + vcpus);
        }
    }

    /** How many low bits of an APIC id tell cores of the package apart. */
    int coreBits() {
        return Integer.SIZE - Integer.numberOfLeadingZeros(vcpus - 1);
    }

    /** How many APIC ids those bits can make. */
    int coreIds() {
        return 1 << coreBits();
    }
}
