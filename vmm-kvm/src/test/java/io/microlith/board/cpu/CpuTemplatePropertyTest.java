// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.kvm.CpuidEntry;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Every leaf that names an APIC id or counts processors says the same, for any number of them. */
class CpuTemplatePropertyTest {
    private static List<CpuidEntry> cpuid(int vcpus, int index, List<CpuidEntry> supported) {
        return new CpuTemplate(new CpuTopology(vcpus), supported, CpuidFilter.DeadlineTimer.PRESENT, List.of())
                .cpuid(index);
    }

    @Property(tries = 200)
    void apicIdsAgree_andAreToldApartByTheCoreBits(
            @ForAll @IntRange(min = 1, max = 255) int vcpus, @ForAll @IntRange(max = 254) int anyIndex) {
        int index = anyIndex % vcpus;
        List<CpuidEntry> cpuid = cpuid(
                vcpus,
                index,
                List.of(
                        CpuidEntry.leaf(0, 0xb, 0x6874_7541, 0, 0),
                        CpuidEntry.leaf(1, 0, 0xff00_0800, 0, 0),
                        new CpuidEntry(0xb, 0, 1, 1, 2, 0x100, 0x77),
                        CpuidEntry.leaf(0x8000_0008, 0, 0, 0, 0),
                        CpuidEntry.leaf(0x8000_001e, 0x77, 0, 0, 0)));
        int coreBits = cpuid.get(3).eax();

        assertThat(cpuid.get(1).ebx() >>> 24).isEqualTo(index);
        assertThat(cpuid.get(1).ebx() >>> 16 & 0xff).isEqualTo(vcpus);
        assertThat(cpuid.stream().filter(entry -> entry.function() == 0xb))
                .hasSize(3)
                .allMatch(entry -> entry.edx() == index);
        assertThat(1 << coreBits).isGreaterThanOrEqualTo(vcpus);
        assertThat(vcpus - 1 >>> coreBits).isZero();
        assertThat(cpuid.get(5).ecx()).isEqualTo(coreBits << 12 | vcpus - 1);
        assertThat(cpuid.get(6).eax()).isEqualTo(index);
    }

    @Property(tries = 200)
    void anyHost_isFilteredWithoutAnError(
            @ForAll int function, @ForAll int index, @ForAll int eax, @ForAll int ebx, @ForAll int ecx) {
        List<CpuidEntry> cpuid = cpuid(2, 1, List.of(new CpuidEntry(function, index, 1, eax, ebx, ecx, 0)));

        assertThat(cpuid).hasSizeLessThanOrEqualTo(3).allMatch(entry -> entry.function() == function);
    }
}
