// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.cpu;

import io.microlith.kvm.CpuidEntry;
import io.microlith.kvm.abi.KvmCpuidEntry2Layout;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes what KVM supports into what one vCPU answers (Intel SDM volume 2, CPUID; AMD APM volume 3, appendix E; KVM's
 * own leaves: Documentation/virt/kvm/x86/cpuid.rst). Three things change:
 *
 * <ul>
 *   <li>Topology. KVM reports the host's, and the APIC id of whichever processor answered.
 *   <li>What the board has, and KVM cannot know: its local APIC is in the kernel, so there is a deadline timer.
 *   <li>What the board does not offer: nested virtualization, performance counters, processor trace, SGX, MONITOR. They
 *       need state that nobody saves, or reach the host's own counters.
 * </ul>
 */
final class CpuidFilter {
    private static final int INDEXED = KvmCpuidEntry2Layout.FLAG_SIGNIFICANT_INDEX;

    private static final int MONITOR = 1 << 3;
    private static final int DEBUG_STORE_64 = 1 << 2;
    private static final int VMX = 1 << 5;
    private static final int PERFORMANCE_CAPABILITIES = 1 << 15;
    private static final int TSC_DEADLINE = 1 << 24;
    private static final int OSXSAVE = 1 << 27;
    private static final int HYPERVISOR = 1 << 31;
    private static final int DEBUG_STORE = 1 << 21;
    private static final int MULTI_THREADING = 1 << 28;

    private static final int SGX = 1 << 2;
    private static final int PROCESSOR_TRACE = 1 << 25;
    private static final int SGX_LAUNCH_CONTROL = 1 << 30;

    /** The pointer to a shadow stack is no MSR, and so in no snapshot. */
    private static final int SHADOW_STACK = 1 << 7;

    private static final int LEGACY_MULTI_CORE = 1 << 1;
    private static final int SVM = 1 << 2;
    private static final int AMD_PERFORMANCE_COUNTERS = 1 << 23 | 1 << 24 | 1 << 28;

    /** The level of a cache that all cores share, in leaves 4 and 0x8000001d. */
    private static final int SHARED_CACHE_LEVEL = 3;

    private static final int MOST_IN_8_BITS = 255;
    private static final int MOST_CORES_IN_LEAF_4 = 63;

    private final CpuTopology topology;
    private final boolean amd;
    private final boolean deadlineTimer;

    /**
     * Makes a filter.
     *
     * @param supported what KVM supports
     * @param deadlineTimer whether the local APIC in the kernel has a deadline timer
     */
    CpuidFilter(CpuTopology topology, List<CpuidEntry> supported, DeadlineTimer deadlineTimer) {
        this.topology = topology;
        this.amd = supported.stream().anyMatch(CpuidFilter::isAmd);
        this.deadlineTimer = deadlineTimer == DeadlineTimer.PRESENT;
    }

    /** Whether the local APIC has a deadline timer. */
    enum DeadlineTimer {
        PRESENT,
        ABSENT
    }

    /** The vendors whose processors follow AMD's manual: "AuthenticAMD" and "HygonGenuine", by EBX of leaf 0. */
    private static boolean isAmd(CpuidEntry entry) {
        return entry.function() == 0 && (entry.ebx() == 0x6874_7541 || entry.ebx() == 0x6f67_7948);
    }

    /** What a vCPU answers. */
    List<CpuidEntry> filter(List<CpuidEntry> supported, int index) {
        List<CpuidEntry> entries = new ArrayList<>();
        for (CpuidEntry entry : supported) {
            switch (entry.function()) {
                // Made anew as a whole, once for all their subleaves.
                case 0xb, 0x1f -> {
                    if (entry.index() == 0) {
                        entries.addAll(topologyLeaf(entry.function(), index));
                    }
                }
                // AMD's topology beyond packages and cores, and counters: without them, none.
                case 0xa, 0x12, 0x14, 0x23, 0x8000_000a, 0x8000_0022, 0x8000_0026 -> {}
                default -> entries.add(filter(entry, index));
            }
        }
        return List.copyOf(entries);
    }

    private CpuidEntry filter(CpuidEntry entry, int index) {
        return switch (entry.function()) {
            case 0x1 -> features(entry, index);
            case 0x4 -> intelCache(entry);
            case 0x7 ->
                entry.index() == 0
                        ? entry.withEbx(entry.ebx() & ~(SGX | PROCESSOR_TRACE))
                                .withEcx(entry.ecx() & ~(SGX_LAUNCH_CONTROL | SHADOW_STACK))
                        : entry;
            case 0x8000_0001 -> extendedFeatures(entry);
            case 0x8000_0008 -> amd ? entry.withEcx(topology.coreBits() << 12 | (topology.vcpus() - 1) & 0xff) : entry;
            case 0x8000_001d -> amdCache(entry);
            case 0x8000_001e -> entry.withEax(index).withEbx(index & 0xff).withEcx(0);
            default -> entry;
        };
    }

    private CpuidEntry features(CpuidEntry entry, int index) {
        int logical = Math.min(topology.vcpus(), MOST_IN_8_BITS);
        int ebx = entry.ebx() & 0xffff | logical << 16 | (index & 0xff) << 24;
        // KVM sets OSXSAVE itself, as the guest sets CR4.
        int ecx = entry.ecx() & ~(MONITOR | DEBUG_STORE_64 | VMX | PERFORMANCE_CAPABILITIES | TSC_DEADLINE | OSXSAVE);
        ecx |= HYPERVISOR | (deadlineTimer ? TSC_DEADLINE : 0);
        int edx = entry.edx() & ~(DEBUG_STORE | MULTI_THREADING);
        edx |= topology.vcpus() > 1 ? MULTI_THREADING : 0;
        return entry.withEbx(ebx).withEcx(ecx).withEdx(edx);
    }

    /** Bits 14 to 25: how many APIC ids share the cache, less one. Bits 26 to 31: cores in the package, less one. */
    private CpuidEntry intelCache(CpuidEntry entry) {
        if (isNoCache(entry)) {
            return entry;
        }
        int cores = Math.min(topology.coreIds() - 1, MOST_CORES_IN_LEAF_4);
        return entry.withEax(entry.eax() & 0x3fff | sharers(entry) << 14 | cores << 26);
    }

    /** Bits 14 to 25: how many logical processors share the cache, less one. */
    private CpuidEntry amdCache(CpuidEntry entry) {
        return isNoCache(entry) ? entry : entry.withEax(entry.eax() & ~0x03ff_c000 | sharers(entry) << 14);
    }

    /** Bits 0 to 4: the kind of cache. */
    private static boolean isNoCache(CpuidEntry entry) {
        return (entry.eax() & 0x1f) == 0;
    }

    /** Bits 5 to 7: the cache's level. */
    private int sharers(CpuidEntry entry) {
        boolean shared = (entry.eax() >> 5 & 7) >= SHARED_CACHE_LEVEL;
        return shared ? Math.min(topology.coreIds() - 1, 0xfff) : 0;
    }

    private CpuidEntry extendedFeatures(CpuidEntry entry) {
        int ecx = entry.ecx() & ~(SVM | AMD_PERFORMANCE_COUNTERS);
        if (amd) {
            ecx &= ~LEGACY_MULTI_CORE;
            ecx |= topology.vcpus() > 1 ? LEGACY_MULTI_CORE : 0;
        }
        return entry.withEcx(ecx);
    }

    /**
     * Threads, cores, and an end. EAX: how far to shift an x2APIC id to get the id of the next level; EBX: logical
     * processors at this level; ECX: the subleaf, and in bits 8 to 15 what kind of level; EDX: the x2APIC id.
     */
    private List<CpuidEntry> topologyLeaf(int function, int index) {
        int thread = 1 << 8;
        int core = 2 << 8;
        return List.of(
                new CpuidEntry(function, 0, INDEXED, 0, 1, thread, index),
                new CpuidEntry(function, 1, INDEXED, topology.coreBits(), topology.vcpus(), 1 | core, index),
                new CpuidEntry(function, 2, INDEXED, 0, 0, 2, index));
    }
}
