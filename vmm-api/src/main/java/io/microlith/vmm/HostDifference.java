// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

/**
 * One thing that a machine which was saved needs and a host cannot give it. What a host has beyond that is no
 * difference: a guest does not see it.
 *
 * @param kind what it is about
 * @param name what it is called, such as {@code avx512f (CPUID 0x7.0 EBX bit 16)}
 * @param guest what the machine that was saved has, in words
 * @param host what the host has, in words
 */
public record HostDifference(Kind kind, String name, String guest, String host) {
    /** What a difference is about. */
    public enum Kind {
        /** Who made the processor, or how wide its addresses are. */
        PROCESSOR,
        /** Something that the guest was told it can use. */
        FEATURE,
        /** Registers that are saved and loaded together: their presence, their size, their place. */
        EXTENDED_STATE,
        /** A register of the processor's model. */
        REGISTER,
        /** How fast a clock goes. */
        CLOCK,
        /** Something the hypervisor has to be able to do. */
        HYPERVISOR
    }

    /** One line: {@code avx512f (CPUID 0x7.0 EBX bit 16): the guest has it; this host does not}. */
    @Override
    public String toString() {
        return name + ": " + guest + "; " + host;
    }
}
