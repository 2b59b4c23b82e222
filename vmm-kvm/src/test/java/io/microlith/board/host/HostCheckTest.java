// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.microlith.board.state.GuestTime;
import io.microlith.board.state.ProcessorState;
import io.microlith.kvm.CpuidEntry;
import io.microlith.kvm.MsrValue;
import io.microlith.kvm.VcpuBlock;
import io.microlith.kvm.abi.KvmCap;
import io.microlith.kvm.abi.KvmCpuidEntry2Layout;
import io.microlith.vmm.HostDifference;
import io.microlith.vmm.HostDifference.Kind;
import io.microlith.vmm.state.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One thing taken from a host that fits is one difference, by its name. */
class HostCheckTest {
    private static final int KHZ = 2_900_000;
    private static final int INTEL_B = 0x756e_6547;
    private static final int INTEL_D = 0x4965_6e69;
    private static final int INTEL_C = 0x6c65_746e;
    private static final int OSXSAVE = 1 << 27;
    private static final int DEADLINE = 1 << 24;
    private static final int AVX512F = 1 << 16;
    private static final int ARCH_CAPABILITIES = 0x10a;
    private static final int XSS = 0xda0;
    private static final int UNKNOWN_MSR = 0x1234;

    private static final List<CpuidEntry> CPUID = List.of(
            CpuidEntry.leaf(0x0, 0x1f, INTEL_B, INTEL_C, INTEL_D),
            CpuidEntry.leaf(0x1, 0x806f8, 0x100800, 1 << 20 | DEADLINE | OSXSAVE | 1 << 26, 1 << 26),
            indexed(0x7, 0, 2, AVX512F, 1 << 3, 1 << 29),
            indexed(0xd, 0, 0x207, 2696, 2696, 0),
            indexed(0xd, 1, 0xf, 0, 1 << 11, 0),
            indexed(0xd, 2, 256, 576, 0, 0),
            indexed(0xd, 9, 8, 2688, 0, 0),
            CpuidEntry.leaf(0x4000_0001, 1 << 3 | 1 << 24, 0, 0, 0),
            CpuidEntry.leaf(0x8000_0007, 0, 0, 0, 1 << 8),
            CpuidEntry.leaf(0x8000_0008, 48 << 8 | 46, 0, 0, 0));

    private static final HostOffer HOST = new HostOffer(
            CPUID,
            Set.of(0x10, XSS, ARCH_CAPABILITIES),
            List.of(new MsrValue(ARCH_CAPABILITIES, 0x21)),
            Set.copyOf(EnumSet.complementOf(EnumSet.of(KvmCap.KVM_CAP_TSC_CONTROL)))::contains,
            () -> KHZ);

    private static final ProcessorState GUEST = new ProcessorState(
            blocks(),
            List.of(new MsrValue(0x10, 77), new MsrValue(XSS, 0x800), new MsrValue(ARCH_CAPABILITIES, 0x21)),
            new GuestTime(1, 77, KHZ),
            CPUID);

    private static CpuidEntry indexed(int function, int index, int eax, int ebx, int ecx, int edx) {
        return new CpuidEntry(function, index, KvmCpuidEntry2Layout.FLAG_SIGNIFICANT_INDEX, eax, ebx, ecx, edx);
    }

    private static Map<VcpuBlock, ByteString> blocks() {
        Map<VcpuBlock, ByteString> blocks = new EnumMap<>(VcpuBlock.class);
        for (VcpuBlock block : EnumSet.complementOf(EnumSet.of(
                VcpuBlock.FPU, VcpuBlock.XSAVE, VcpuBlock.SPECIAL_REGISTERS, VcpuBlock.XCRS, VcpuBlock.XSAVE_2))) {
            blocks.put(block, ByteString.of((byte) 1));
        }
        blocks.put(VcpuBlock.XCRS, xcrs(7));
        blocks.put(VcpuBlock.XSAVE_2, xsave(3));
        return blocks;
    }

    private static ByteString xcrs(long xcr0) {
        ByteBuffer bytes = ByteBuffer.allocate(392).order(ByteOrder.LITTLE_ENDIAN);
        return ByteString.of(bytes.putInt(0, 1).putLong(16, xcr0).array());
    }

    private static ByteString xsave(long components) {
        ByteBuffer bytes = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        return ByteString.of(bytes.putLong(512, components).array());
    }

    private static HostOffer cpuid(int function, int index, UnaryOperator<CpuidEntry> change) {
        return new HostOffer(
                changed(function, index, change), HOST.msrs(), HOST.featureMsrs(), HOST.capabilities(), HOST.tscKhz());
    }

    private static List<CpuidEntry> changed(int function, int index, UnaryOperator<CpuidEntry> change) {
        List<CpuidEntry> entries = new ArrayList<>(CPUID);
        entries.replaceAll(
                entry -> entry.function() == function && entry.index() == index ? change.apply(entry) : entry);
        assertThat(entries).isNotEqualTo(CPUID);
        return entries;
    }

    private static HostOffer without(KvmCap capability) {
        return new HostOffer(
                CPUID,
                HOST.msrs(),
                HOST.featureMsrs(),
                HOST.capabilities().and(found -> found != capability),
                HOST.tscKhz());
    }

    private static ProcessorState with(VcpuBlock block, ByteString bytes) {
        Map<VcpuBlock, ByteString> blocks = blocks();
        blocks.put(block, bytes);
        return new ProcessorState(blocks, GUEST.msrs(), GUEST.time(), GUEST.cpuid());
    }

    private static ProcessorState withMsr(int index, long value) {
        return new ProcessorState(GUEST.blocks(), List.of(new MsrValue(index, value)), GUEST.time(), GUEST.cpuid());
    }

    private static ProcessorState withSpeed(int khz) {
        return new ProcessorState(GUEST.blocks(), GUEST.msrs(), new GuestTime(1, 77, khz), GUEST.cpuid());
    }

    private static List<HostDifference> differences(ProcessorState guest, HostOffer host) {
        return new HostCheck(host).add(guest).add(guest).differences();
    }

    static Stream<Arguments> hosts() {
        return Stream.of(
                arguments(
                        cpuid(
                                0x0,
                                0,
                                leaf -> leaf.withEbx(0x6874_7541)
                                        .withEdx(0x6974_6e65)
                                        .withEcx(0x444d_4163)),
                        Kind.PROCESSOR,
                        "vendor (CPUID 0x0): the guest has GenuineIntel; this host has AuthenticAMD"),
                arguments(
                        cpuid(0x8000_0008, 0, leaf -> leaf.withEax(48 << 8 | 39)),
                        Kind.PROCESSOR,
                        "physical address bits (CPUID 0x80000008.0 EAX): the guest has 46; this host has 39"),
                arguments(
                        cpuid(0x8000_0008, 0, leaf -> leaf.withEax(47 << 8 | 46)),
                        Kind.PROCESSOR,
                        "linear address bits (CPUID 0x80000008.0 EAX): the guest has 48; this host has 47"),
                feature(
                        cpuid(0x1, 0, leaf -> leaf.withEcx(leaf.ecx() & ~(1 << 20))),
                        "sse4_2 (CPUID 0x1.0 ECX bit 20)"),
                feature(cpuid(0x1, 0, leaf -> leaf.withEdx(0)), "sse2 (CPUID 0x1.0 EDX bit 26)"),
                feature(cpuid(0x7, 0, leaf -> leaf.withEbx(0)), "avx512f (CPUID 0x7.0 EBX bit 16)"),
                feature(cpuid(0x7, 0, leaf -> leaf.withEcx(0)), "pku (CPUID 0x7.0 ECX bit 3)"),
                feature(cpuid(0x7, 0, leaf -> leaf.withEdx(0)), "arch_capabilities (CPUID 0x7.0 EDX bit 29)"),
                feature(cpuid(0xd, 1, leaf -> leaf.withEax(7)), "xsaves (CPUID 0xd.1 EAX bit 3)"),
                feature(
                        cpuid(0x4000_0001, 0, leaf -> leaf.withEax(8)),
                        "kvmclock_stable (CPUID 0x40000001.0 EAX bit 24)"),
                feature(cpuid(0x8000_0007, 0, leaf -> leaf.withEdx(0)), "invariant_tsc (CPUID 0x80000007.0 EDX bit 8)"),
                arguments(
                        cpuid(0xd, 0, leaf -> leaf.withEax(7)),
                        Kind.EXTENDED_STATE,
                        "XSAVE component 9 (protection keys): the guest has it; this host does not"),
                arguments(
                        cpuid(0xd, 1, leaf -> leaf.withEcx(0)),
                        Kind.EXTENDED_STATE,
                        "XSAVE component 11 (CET user): the guest has it; this host does not"),
                arguments(
                        cpuid(0xd, 9, leaf -> leaf.withEbx(2432)),
                        Kind.EXTENDED_STATE,
                        "XSAVE component 9 (protection keys): the guest has 8 bytes at 2688; this host has 8 bytes at"
                                + " 2432"),
                arguments(
                        new HostOffer(
                                CPUID,
                                Set.of(0x10, ARCH_CAPABILITIES),
                                HOST.featureMsrs(),
                                HOST.capabilities(),
                                HOST.tscKhz()),
                        Kind.REGISTER,
                        "MSR IA32_XSS (0xda0): the guest has 0x800 in it; this host's KVM does not save and restore it"),
                arguments(
                        new HostOffer(
                                CPUID,
                                HOST.msrs(),
                                List.of(new MsrValue(ARCH_CAPABILITIES, 0x1)),
                                HOST.capabilities(),
                                HOST.tscKhz()),
                        Kind.REGISTER,
                        "mds_no in MSR IA32_ARCH_CAPABILITIES (0x10a) bit 5: the guest has it; this host does not"),
                arguments(
                        new HostOffer(CPUID, HOST.msrs(), HOST.featureMsrs(), HOST.capabilities(), () -> 2_400_000),
                        Kind.CLOCK,
                        "TSC: the guest has 2900000 kHz; this host has 2400000 kHz, and KVM cannot scale it"
                                + " (KVM_CAP_TSC_CONTROL)"),
                capability(KvmCap.KVM_CAP_SREGS2, "the guest's state has SPECIAL_REGISTERS_2"),
                capability(KvmCap.KVM_CAP_XCRS, "the guest's state has XCRS"),
                capability(KvmCap.KVM_CAP_XSAVE, "the guest's state has XSAVE_2"),
                capability(KvmCap.KVM_CAP_DEBUGREGS, "the guest's state has DEBUG_REGISTERS"),
                capability(KvmCap.KVM_CAP_VCPU_EVENTS, "the guest's state has EVENTS"),
                capability(KvmCap.KVM_CAP_TSC_DEADLINE_TIMER, "the guest's local APIC has a deadline timer"),
                capability(KvmCap.KVM_CAP_ADJUST_CLOCK, "the guest's clock goes on from where it was"));
    }

    private static Arguments feature(HostOffer host, String name) {
        return arguments(host, Kind.FEATURE, name + ": the guest has it; this host does not");
    }

    private static Arguments capability(KvmCap capability, String reason) {
        return arguments(
                without(capability), Kind.HYPERVISOR, capability + ": " + reason + "; this host's KVM lacks it");
    }

    @Test
    void differences_sameHost_areNone() {
        assertThat(differences(GUEST, HOST)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void differences_oneThingMissing_isNamedOnce(HostOffer host, Kind kind, String text) {
        assertThat(differences(GUEST, host)).singleElement().satisfies(found -> {
            assertThat(found.kind()).isEqualTo(kind);
            assertThat(found).hasToString(text);
        });
    }

    @Test
    void differences_hostWithMore_areNone() {
        List<CpuidEntry> more = CPUID.stream()
                .map(leaf -> switch (leaf.function()) {
                    case 0x1, 0x7 -> leaf.withEcx(-1).withEdx(-1);
                    case 0x4000_0001, 0x8000_0007 -> leaf.withEax(-1).withEdx(-1);
                    case 0x8000_0008 -> leaf.withEax(57 << 8 | 52);
                    default -> leaf;
                })
                .toList();
        HostOffer host =
                new HostOffer(more, Set.of(0x10, XSS, ARCH_CAPABILITIES, 0x48), HOST.featureMsrs(), _ -> true, () -> 1);

        assertThat(differences(GUEST, host)).isEmpty();
    }

    @Test
    void differences_whatFollowsTheGuestOrIsTheBoards_isNotCompared() {
        // The guest has CR4.OSXSAVE set, another topology, and another model.
        HostOffer host = cpuid(
                0x1, 0, leaf -> leaf.withEax(0x50654).withEbx(0x7f20_0800).withEcx(leaf.ecx() & ~(OSXSAVE | DEADLINE)));

        assertThat(differences(GUEST, host)).isEmpty();
    }

    @Test
    void differences_stateOfAComponentThatTheHostLacks_isNamedWithoutCpuidToo() {
        for (ProcessorState guest :
                List.of(with(VcpuBlock.XCRS, xcrs(7 | 1 << 5)), with(VcpuBlock.XSAVE_2, xsave(3 | 1 << 5)))) {
            ProcessorState old = new ProcessorState(guest.blocks(), guest.msrs(), guest.time(), List.of());

            assertThat(differences(old, HOST))
                    .extracting(HostDifference::name)
                    .containsExactly("XSAVE component 5 (AVX-512 masks)");
        }
    }

    @Test
    void differences_savedBeforeCpuidWas_areOfTheRest() {
        ProcessorState old = new ProcessorState(GUEST.blocks(), GUEST.msrs(), GUEST.time(), List.of());

        assertThat(differences(old, cpuid(0x7, 0, leaf -> leaf.withEbx(0)))).isEmpty();
        assertThat(differences(old, without(KvmCap.KVM_CAP_XCRS))).hasSize(1);
    }

    @Test
    void differences_unknownMsr_matterIfTheGuestHasSomethingInIt() {
        assertThat(differences(withMsr(UNKNOWN_MSR, 0), HOST)).isEmpty();
        assertThat(differences(withMsr(0x4b56_4d05, 1), HOST)).isEmpty();
        assertThat(differences(withMsr(UNKNOWN_MSR, 5), HOST))
                .extracting(HostDifference::name)
                .containsExactly("MSR 0x1234");
    }

    @Test
    void differences_speedWithinTolerance_areNone() {
        assertThat(differences(withSpeed(KHZ + 700), HOST)).isEmpty();
        assertThat(differences(withSpeed(KHZ - 700), HOST)).isEmpty();
        assertThat(differences(withSpeed(0), HOST)).isEmpty();
        assertThat(differences(withSpeed(KHZ + 800), HOST)).hasSize(1);
        assertThat(differences(withSpeed(Integer.MAX_VALUE), HOST)).hasSize(1);
    }

    @Test
    void differences_shortOrHostileBlocks_areReadWithoutHarm() {
        assertThat(differences(with(VcpuBlock.XCRS, ByteString.of(new byte[9])), HOST))
                .isEmpty();
        byte[] many = new byte[40];
        many[3] = 0x7f;
        assertThat(differences(with(VcpuBlock.XCRS, ByteString.of(many)), HOST)).isEmpty();
        assertThat(differences(with(VcpuBlock.XSAVE_2, ByteString.of(new byte[100])), HOST))
                .isEmpty();
    }

    @Test
    void describe_everyBitOfEveryWord_hasAPlaceAndNoWordTooManyNames() {
        for (FeatureWord word : FeatureWord.values()) {
            assertThat(word.describe(31)).as(word.name()).contains("CPUID 0x").contains("bit 31");
            assertThat(word.names()).as(word.name()).hasSizeLessThanOrEqualTo(Integer.SIZE);
        }
    }
}
