// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.host;

import io.microlith.kvm.CpuidRegister;
import java.util.List;

/**
 * A register of CPUID in which each bit is a feature that a guest was told it can use (Intel SDM volume 2, CPUID; AMD
 * APM volume 3, appendix E; Documentation/virt/kvm/x86/cpuid.rst), by the names Linux has for them. A bit that has no
 * name here is compared as the others are.
 */
enum FeatureWord {
    LEAF_1_EDX(
            0x1,
            0,
            CpuidRegister.EDX,
            // The guest's own APIC base says whether there is an APIC; the topology says whether there are threads.
            1 << 9 | 1 << 28,
            "fpu vme de pse tsc msr pae mce cx8 apic - sep mtrr pge mca cmov"
                    + " pat pse36 pn clflush - ds acpi mmx fxsr sse sse2 ss ht tm ia64 pbe"),
    LEAF_1_ECX(
            0x1,
            0,
            CpuidRegister.ECX,
            // The board's own: the deadline timer, which is a capability; OSXSAVE, which follows CR4; "hypervisor".
            1 << 24 | 1 << 27 | 1 << 31,
            "sse3 pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cid sdbg fma cx16 xtpr pdcm"
                    + " - pcid dca sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave osxsave avx f16c"
                    + " rdrand hypervisor"),
    LEAF_6_EAX(0x6, 0, CpuidRegister.EAX, 0, "- - arat"),
    LEAF_7_EBX(
            0x7,
            0,
            CpuidRegister.EBX,
            0,
            "fsgsbase tsc_adjust sgx bmi1 hle avx2 fdp_excptn_only smep bmi2 erms invpcid rtm cqm zero_fcs_fds mpx"
                    + " rdt_a avx512f avx512dq rdseed adx smap avx512ifma pcommit clflushopt clwb intel_pt avx512pf"
                    + " avx512er avx512cd sha_ni avx512bw avx512vl"),
    LEAF_7_ECX(
            0x7,
            0,
            CpuidRegister.ECX,
            // OSPKE follows CR4.
            1 << 4,
            "prefetchwt1 avx512vbmi umip pku ospke waitpkg avx512_vbmi2 shstk gfni vaes vpclmulqdq avx512_vnni"
                    + " avx512_bitalg tme avx512_vpopcntdq - la57 - - - - - rdpid - bus_lock_detect cldemote - movdiri"
                    + " movdir64b enqcmd sgx_lc pks"),
    LEAF_7_EDX(
            0x7,
            0,
            CpuidRegister.EDX,
            0,
            "- - avx512_4vnniw avx512_4fmaps fsrm - - - avx512_vp2intersect srbds_ctrl md_clear rtm_always_abort -"
                    + " tsx_force_abort serialize hybrid_cpu tsxldtrk - pconfig arch_lbr ibt - amx_bf16 avx512_fp16"
                    + " amx_tile amx_int8 spec_ctrl intel_stibp flush_l1d arch_capabilities core_capabilities ssbd"),
    LEAF_7_1_EAX(
            0x7,
            1,
            CpuidRegister.EAX,
            0,
            "sha512 sm3 sm4 - avx_vnni avx512_bf16 lass cmpccxadd arch_perfmon_ext - fzrm fsrs fsrc - - - - fred lkgs"
                    + " wrmsrns - amx_fp16 - avx_ifma - - lam - - - - movrs"),
    LEAF_7_1_ECX(0x7, 1, CpuidRegister.ECX, 0, "- - - - - msr_imm"),
    LEAF_7_1_EDX(
            0x7,
            1,
            CpuidRegister.EDX,
            0,
            "- - - - avx_vnni_int8 avx_ne_convert - - amx_complex - avx_vnni_int16 - - - prefetchiti - - - - avx10 -"
                    + " apx_f"),
    LEAF_7_2_EDX(0x7, 2, CpuidRegister.EDX, 0, "intel_psfd ipred_ctrl rrsba_ctrl ddpd_u bhi_ctrl mcdt_no"),
    LEAF_D_1_EAX(0xd, 1, CpuidRegister.EAX, 0, "xsaveopt xsavec xgetbv1 xsaves xfd"),
    LEAF_8000_0001_EDX(
            0x8000_0001,
            0,
            CpuidRegister.EDX,
            1 << 9,
            "fpu vme de pse tsc msr pae mce cx8 apic - syscall mtrr pge mca cmov"
                    + " pat pse36 - mp nx - mmxext mmx fxsr fxsr_opt pdpe1gb rdtscp - lm 3dnowext 3dnow"),
    LEAF_8000_0001_ECX(
            0x8000_0001,
            0,
            CpuidRegister.ECX,
            // Topology.
            1 << 1,
            "lahf_lm cmp_legacy svm extapic cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw ibs xop skinit wdt -"
                    + " lwp fma4 tce - nodeid_msr - tbm topoext perfctr_core perfctr_nb"),
    LEAF_8000_0007_EBX(0x8000_0007, 0, CpuidRegister.EBX, 0, "overflow_recov succor"),
    LEAF_8000_0007_EDX(0x8000_0007, 0, CpuidRegister.EDX, 0, "- - - - - - - - invariant_tsc"),
    LEAF_8000_0008_EBX(
            0x8000_0008,
            0,
            CpuidRegister.EBX,
            0,
            "clzero irperf xsaveerptr - - - - - - wbnoinvd - - ibpb - ibrs stibp - stibp_always_on - - - - - - ssbd"
                    + " virt_ssbd ssb_no - psfd"),
    LEAF_8000_001F_EAX(0x8000_001f, 0, CpuidRegister.EAX, 0, "sme sev vm_page_flush sev_es sev_snp"),
    LEAF_8000_0021_EAX(
            0x8000_0021,
            0,
            CpuidRegister.EAX,
            0,
            "no_nested_data_bp fs_gs_base_ns lfence_rdtsc - - verw_clear null_sel_clr_base - autoibrs - - - - - - - -"
                    + " - - - prefetchi - - - eraps - - sbpb ibpb_brtype srso_no srso_user_kernel_no"),
    LEAF_8000_0021_ECX(0x8000_0021, 0, CpuidRegister.ECX, 0, "- tsa_sq_no tsa_l1_no"),
    KVM_EAX(
            0x4000_0001,
            0,
            CpuidRegister.EAX,
            0,
            "kvmclock kvm_nop_io_delay kvm_mmu kvmclock2 kvm_async_pf kvm_steal_time kvm_pv_eoi kvm_pv_unhalt -"
                    + " kvm_pv_tlb_flush kvm_async_pf_vmexit kvm_pv_send_ipi kvm_poll_control kvm_pv_sched_yield"
                    + " kvm_async_pf_int kvm_msi_ext_dest_id kvm_hc_map_gpa_range kvm_migration_control - - - - - -"
                    + " kvmclock_stable");

    private final int function;
    private final int index;
    private final CpuidRegister register;
    private final int exempt;
    private final String names;

    /**
     * Of a register.
     *
     * @param exempt the bits that are the board's own, or follow what the guest does
     * @param names of its bits, from bit 0
     */
    FeatureWord(int function, int index, CpuidRegister register, int exempt, String names) {
        this.function = function;
        this.index = index;
        this.register = register;
        this.exempt = exempt;
        this.names = names;
    }

    /** The features in it, as a CPUID table has them; none if the table does not have the leaf. */
    int of(CpuidLeaves cpuid) {
        return cpuid.register(function, index, register) & ~exempt;
    }

    /** The names of its bits, from bit 0; {@code -} for one without. */
    List<String> names() {
        return BitNames.of(names).names();
    }

    /** What a bit of it is called: {@code avx512f (CPUID 0x7.0 EBX bit 16)}. */
    String describe(int bit) {
        String place = String.format("CPUID 0x%x.%d %s bit %d", function, index, register, bit);
        return BitNames.of(names).of(bit).map(name -> name + " (" + place + ")").orElse(place);
    }
}
