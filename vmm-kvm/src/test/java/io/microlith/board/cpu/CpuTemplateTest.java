// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.kvm.CpuFeature;
import io.microlith.kvm.CpuidEntry;
import io.microlith.kvm.MsrValue;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is made of the CPUID of hosts by Intel and AMD. */
class CpuTemplateTest {
    private static final int INDEXED = 1;
    private static final int IA32_TSC = 0x10;
    private static final int IA32_MISC_ENABLE = 0x1a0;

    /** A host with 40 cores of two threads, answered by the processor with APIC id 0x23. */
    private static final List<CpuidEntry> INTEL = List.of(
            CpuidEntry.leaf(0, 0x1f, 0x756e_6547, 0x6c65_746e, 0x4965_6e69),
            CpuidEntry.leaf(1, 0x0005_0657, 0x2340_0800, 0x7fff_fbff, 0xbfeb_fbff),
            new CpuidEntry(4, 0, INDEXED, 0x7c00_4121, 0x01c0_003f, 0x3f, 0),
            new CpuidEntry(4, 1, INDEXED, 0x7c00_4143, 0x03c0_003f, 0x3ff, 0),
            new CpuidEntry(4, 2, INDEXED, 0x7c0f_c163, 0x0280_003f, 0xcfff, 4),
            new CpuidEntry(4, 3, INDEXED, 0, 0, 0, 0),
            new CpuidEntry(7, 0, INDEXED, 1, 0xd39f_fffb | 1 << 25 | 1 << 2, 0x4000_0808 | 1 << 7, 0xbc00_0400),
            new CpuidEntry(7, 1, INDEXED, 0x20, 0x4, 0, 0),
            CpuidEntry.leaf(0xa, 0x0730_0404, 0, 0, 0x603),
            new CpuidEntry(0xb, 0, INDEXED, 1, 2, 0x100, 0x23),
            new CpuidEntry(0xb, 1, INDEXED, 7, 80, 0x201, 0x23),
            new CpuidEntry(0x1f, 0, INDEXED, 1, 2, 0x100, 0x23),
            CpuidEntry.leaf(0x4000_0000, 0x4000_0001, 0x4b4d_564b, 0x564b_4d56, 0x4d),
            CpuidEntry.leaf(0x8000_0001, 0, 0, 0x121, 0x2c10_0800),
            CpuidEntry.leaf(0x8000_0008, 0x302e, 0, 0, 0));

    private static final List<CpuidEntry> AMD = List.of(
            CpuidEntry.leaf(0, 0x10, 0x6874_7541, 0x444d_4163, 0x6974_6e65),
            CpuidEntry.leaf(1, 0x00a2_0f10, 0x2310_0800, 0x7ef8_320b, 0x178b_fbff),
            new CpuidEntry(0xb, 0, INDEXED, 1, 2, 0x100, 0x23),
            CpuidEntry.leaf(0x8000_0001, 0x00a2_0f10, 0x2000_0000, 0x75c2_37ff, 0x2fd3_fbff),
            CpuidEntry.leaf(0x8000_0008, 0x3030, 0x111e_f657, 0x601f, 0),
            CpuidEntry.leaf(0x8000_000a, 1, 0x8000, 0, 0x101b_bcff),
            new CpuidEntry(0x8000_001d, 0, INDEXED, 0x4121, 0x01c0_003f, 0x3f, 0),
            new CpuidEntry(0x8000_001d, 3, INDEXED, 0x0003_c163, 0x03c0_003f, 0x7fff, 1),
            CpuidEntry.leaf(0x8000_001e, 0x23, 0x0111, 0x300, 0));

    private static CpuTemplate template(List<CpuidEntry> supported, int vcpus) {
        return new CpuTemplate(
                new CpuTopology(vcpus),
                supported,
                CpuidFilter.DeadlineTimer.PRESENT,
                List.of(IA32_TSC, IA32_MISC_ENABLE, 0xc000_0082));
    }

    private static CpuidEntry leaf(List<CpuidEntry> entries, int function, int index) {
        return entries.stream()
                .filter(entry -> entry.function() == function && entry.index() == index)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void cpuid_leaf1_hasTheVcpusApicIdAndTheirNumber() {
        CpuidEntry first = leaf(template(INTEL, 3).cpuid(0), 1, 0);
        CpuidEntry third = leaf(template(INTEL, 3).cpuid(2), 1, 0);

        assertThat(first.ebx()).isEqualTo(0x0003_0800);
        assertThat(third.ebx()).isEqualTo(0x0203_0800);
        assertThat(third.edx() & 1 << 28).isNotZero();
    }

    @Test
    void cpuid_oneVcpu_isNotMultiThreaded() {
        CpuidEntry only = leaf(template(INTEL, 1).cpuid(0), 1, 0);

        assertThat(only.ebx()).isEqualTo(0x0001_0800);
        assertThat(only.edx() & 1 << 28).isZero();
    }

    @Test
    void cpuid_leaf1_offersWhatTheBoardHasAndHidesWhatItHasNot() {
        List<CpuidEntry> cpuid = template(INTEL, 2).cpuid(0);

        assertThat(CpuFeature.allIn(cpuid))
                .contains(CpuFeature.HYPERVISOR, CpuFeature.TSC_DEADLINE, CpuFeature.X2APIC)
                .doesNotContain(CpuFeature.MONITOR, CpuFeature.VMX);
        int osxsave = 1 << 27;
        int performanceCapabilities = 1 << 15;
        int debugStore64 = 1 << 2;
        CpuidEntry features = leaf(cpuid, 1, 0);
        assertThat(features.ecx() & (osxsave | performanceCapabilities | debugStore64))
                .isZero();
        int debugStore = 1 << 21;
        assertThat(features.edx() & debugStore).isZero();
    }

    @Test
    void cpuid_noDeadlineTimer_isNotOffered() {
        CpuTemplate template = new CpuTemplate(new CpuTopology(1), INTEL, CpuidFilter.DeadlineTimer.ABSENT, List.of());

        assertThat(CpuFeature.TSC_DEADLINE.in(template.cpuid(0))).isFalse();
    }

    @Test
    void cpuid_extendedTopology_isThreadsCoresAndAnEnd() {
        List<CpuidEntry> cpuid = template(INTEL, 3).cpuid(2);

        for (int function : new int[] {0xb, 0x1f}) {
            assertThat(cpuid.stream().filter(entry -> entry.function() == function))
                    .containsExactly(
                            new CpuidEntry(function, 0, INDEXED, 0, 1, 0x100, 2),
                            new CpuidEntry(function, 1, INDEXED, 2, 3, 0x201, 2),
                            new CpuidEntry(function, 2, INDEXED, 0, 0, 2, 2));
        }
    }

    @Test
    void cpuid_intelCaches_areSharedByNobodyButTheLastLevel() {
        List<CpuidEntry> cpuid = template(INTEL, 3).cpuid(0);

        assertThat(leaf(cpuid, 4, 0).eax()).isEqualTo(3 << 26 | 0x0121);
        assertThat(leaf(cpuid, 4, 1).eax()).isEqualTo(3 << 26 | 0x0143);
        assertThat(leaf(cpuid, 4, 2).eax()).isEqualTo(3 << 26 | 3 << 14 | 0x0163);
        assertThat(leaf(cpuid, 4, 3).eax()).isZero();
        assertThat(leaf(cpuid, 4, 2).ecx()).isEqualTo(0xcfff);
    }

    @Test
    void cpuid_leaf7_hidesTraceAndEnclavesInItsFirstSubleafOnly() {
        List<CpuidEntry> cpuid = template(INTEL, 1).cpuid(0);

        assertThat(leaf(cpuid, 7, 0).ebx() & (1 << 25 | 1 << 2)).isZero();
        assertThat(leaf(cpuid, 7, 0).ecx()).isEqualTo(0x808);
        assertThat(leaf(cpuid, 7, 0).edx()).isEqualTo(0xbc00_0400);
        assertThat(leaf(cpuid, 7, 1).ebx()).isEqualTo(4);
    }

    @Test
    void cpuid_countersAndNestedVirtualization_areGone() {
        assertThat(template(INTEL, 1).cpuid(0)).noneMatch(entry -> entry.function() == 0xa);
        assertThat(template(AMD, 1).cpuid(0)).noneMatch(entry -> entry.function() == 0x8000_000a);
        assertThat(CpuFeature.SVM.in(template(AMD, 1).cpuid(0))).isFalse();
    }

    @Test
    void cpuid_kvmSignature_stays() {
        assertThat(leaf(template(INTEL, 1).cpuid(0), 0x4000_0000, 0)).isEqualTo(leaf(INTEL, 0x4000_0000, 0));
    }

    @Test
    void cpuid_amdTopology_countsTheVcpus() {
        List<CpuidEntry> cpuid = template(AMD, 4).cpuid(3);

        assertThat(leaf(cpuid, 0x8000_0008, 0).ecx()).isEqualTo(2 << 12 | 3);
        assertThat(leaf(cpuid, 0x8000_001e, 0).eax()).isEqualTo(3);
        assertThat(leaf(cpuid, 0x8000_001e, 0).ebx()).isEqualTo(3);
        assertThat(leaf(cpuid, 0x8000_001e, 0).ecx()).isZero();
        assertThat(leaf(cpuid, 0x8000_001d, 0).eax()).isEqualTo(0x0121);
        assertThat(leaf(cpuid, 0x8000_001d, 3).eax()).isEqualTo(3 << 14 | 0x0163);
        int legacyMultiCore = 1 << 1;
        assertThat(leaf(cpuid, 0x8000_0001, 0).ecx() & legacyMultiCore).isNotZero();
        assertThat(leaf(template(AMD, 1).cpuid(0), 0x8000_0001, 0).ecx() & legacyMultiCore)
                .isZero();
    }

    @Test
    void cpuid_intelLeaf80000008_staysAsItIs() {
        assertThat(leaf(template(INTEL, 4).cpuid(0), 0x8000_0008, 0)).isEqualTo(leaf(INTEL, 0x8000_0008, 0));
    }

    @Test
    void stateMsrs_haveNoTsc() {
        assertThat(template(INTEL, 1).stateMsrs()).containsExactly(IA32_MISC_ENABLE, 0xc000_0082);
    }

    @Test
    void powerOnMsrs_areThoseTheHostHas() {
        int defaultType = 0x2ff;
        assertThat(template(INTEL, 1).powerOnMsrs())
                .containsExactly(
                        new MsrValue(IA32_TSC, 0), new MsrValue(IA32_MISC_ENABLE, 1), new MsrValue(defaultType, 0x806));
        CpuTemplate bare = new CpuTemplate(
                new CpuTopology(1),
                List.of(CpuidEntry.leaf(0, 1, 0, 0, 0), CpuidEntry.leaf(1, 0, 0, 0, 0)),
                CpuidFilter.DeadlineTimer.ABSENT,
                List.of());
        assertThat(bare.powerOnMsrs()).containsExactly(new MsrValue(IA32_TSC, 0));
    }
}
