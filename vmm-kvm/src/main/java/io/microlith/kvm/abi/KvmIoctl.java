// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/**
 * The requests, by the names of {@code linux/kvm.h}. Each comment is the macro the number is made of; {@code KVMIO} is
 * 0xAE.
 */
public enum KvmIoctl {
    // To /dev/kvm.

    /** {@code _IO(KVMIO, 0x00)}. */
    KVM_GET_API_VERSION(0xAE00L),
    /** {@code _IO(KVMIO, 0x01)}. */
    KVM_CREATE_VM(0xAE01L),
    /** {@code _IOWR(KVMIO, 0x02, struct kvm_msr_list)}. */
    KVM_GET_MSR_INDEX_LIST(0xC004AE02L),
    /** {@code _IO(KVMIO, 0x03)}. Also to a VM. */
    KVM_CHECK_EXTENSION(0xAE03L),
    /** {@code _IO(KVMIO, 0x04)}. */
    KVM_GET_VCPU_MMAP_SIZE(0xAE04L),
    /** {@code _IOWR(KVMIO, 0x05, struct kvm_cpuid2)}. */
    KVM_GET_SUPPORTED_CPUID(0xC008AE05L),
    /** {@code _IOWR(KVMIO, 0x0a, struct kvm_msr_list)}. */
    KVM_GET_MSR_FEATURE_INDEX_LIST(0xC004AE0AL),

    // To a VM.

    /** {@code _IO(KVMIO, 0x41)}. */
    KVM_CREATE_VCPU(0xAE41L),
    /** {@code _IOW(KVMIO, 0x42, struct kvm_dirty_log)}. */
    KVM_GET_DIRTY_LOG(0x4010AE42L),
    /** {@code _IOW(KVMIO, 0x46, struct kvm_userspace_memory_region)}. */
    KVM_SET_USER_MEMORY_REGION(0x4020AE46L),
    /** {@code _IO(KVMIO, 0x47)}. */
    KVM_SET_TSS_ADDR(0xAE47L),
    /** {@code _IOW(KVMIO, 0x48, __u64)}. */
    KVM_SET_IDENTITY_MAP_ADDR(0x4008AE48L),
    /** {@code _IO(KVMIO, 0x60)}. */
    KVM_CREATE_IRQCHIP(0xAE60L),
    /** {@code _IOW(KVMIO, 0x61, struct kvm_irq_level)}. */
    KVM_IRQ_LINE(0x4008AE61L),
    /** {@code _IOWR(KVMIO, 0x62, struct kvm_irqchip)}. */
    KVM_GET_IRQCHIP(0xC208AE62L),
    /** {@code _IOR(KVMIO, 0x63, struct kvm_irqchip)}. */
    KVM_SET_IRQCHIP(0x8208AE63L),
    /** {@code _IOW(KVMIO, 0x67, struct kvm_coalesced_mmio_zone)}. */
    KVM_REGISTER_COALESCED_MMIO(0x4010AE67L),
    /** {@code _IOW(KVMIO, 0x68, struct kvm_coalesced_mmio_zone)}. */
    KVM_UNREGISTER_COALESCED_MMIO(0x4010AE68L),
    /** {@code _IOW(KVMIO, 0x6a, struct kvm_irq_routing)}. */
    KVM_SET_GSI_ROUTING(0x4008AE6AL),
    /** {@code _IOW(KVMIO, 0x76, struct kvm_irqfd)}. */
    KVM_IRQFD(0x4020AE76L),
    /** {@code _IOW(KVMIO, 0x77, struct kvm_pit_config)}. */
    KVM_CREATE_PIT2(0x4040AE77L),
    /** {@code _IOW(KVMIO, 0x79, struct kvm_ioeventfd)}. */
    KVM_IOEVENTFD(0x4040AE79L),
    /** {@code _IOW(KVMIO, 0x7b, struct kvm_clock_data)}. */
    KVM_SET_CLOCK(0x4030AE7BL),
    /** {@code _IOR(KVMIO, 0x7c, struct kvm_clock_data)}. */
    KVM_GET_CLOCK(0x8030AE7CL),
    /** {@code _IOR(KVMIO, 0x9f, struct kvm_pit_state2)}. */
    KVM_GET_PIT2(0x8070AE9FL),
    /** {@code _IOW(KVMIO, 0xa0, struct kvm_pit_state2)}. */
    KVM_SET_PIT2(0x4070AEA0L),
    /** {@code _IOW(KVMIO, 0xa5, struct kvm_msi)}. */
    KVM_SIGNAL_MSI(0x4020AEA5L),
    /** {@code _IOWR(KVMIO, 0xc0, struct kvm_clear_dirty_log)}. */
    KVM_CLEAR_DIRTY_LOG(0xC018AEC0L),
    /** {@code _IO(KVMIO, 0xc7)}. */
    KVM_RESET_DIRTY_RINGS(0xAEC7L),

    // To a vCPU; KVM_ENABLE_CAP and KVM_GET_STATS_FD also to a VM.

    /** {@code _IO(KVMIO, 0x80)}. */
    KVM_RUN(0xAE80L),
    /** {@code _IOR(KVMIO, 0x81, struct kvm_regs)}. */
    KVM_GET_REGS(0x8090AE81L),
    /** {@code _IOW(KVMIO, 0x82, struct kvm_regs)}. */
    KVM_SET_REGS(0x4090AE82L),
    /** {@code _IOR(KVMIO, 0x83, struct kvm_sregs)}. */
    KVM_GET_SREGS(0x8138AE83L),
    /** {@code _IOW(KVMIO, 0x84, struct kvm_sregs)}. */
    KVM_SET_SREGS(0x4138AE84L),
    /** {@code _IOWR(KVMIO, 0x85, struct kvm_translation)}. */
    KVM_TRANSLATE(0xC018AE85L),
    /** {@code _IOWR(KVMIO, 0x88, struct kvm_msrs)}. Also to /dev/kvm, for feature MSRs. */
    KVM_GET_MSRS(0xC008AE88L),
    /** {@code _IOW(KVMIO, 0x89, struct kvm_msrs)}. */
    KVM_SET_MSRS(0x4008AE89L),
    /** {@code _IOW(KVMIO, 0x8b, struct kvm_signal_mask)}. */
    KVM_SET_SIGNAL_MASK(0x4004AE8BL),
    /** {@code _IOR(KVMIO, 0x8c, struct kvm_fpu)}. */
    KVM_GET_FPU(0x81A0AE8CL),
    /** {@code _IOW(KVMIO, 0x8d, struct kvm_fpu)}. */
    KVM_SET_FPU(0x41A0AE8DL),
    /** {@code _IOR(KVMIO, 0x8e, struct kvm_lapic_state)}. */
    KVM_GET_LAPIC(0x8400AE8EL),
    /** {@code _IOW(KVMIO, 0x8f, struct kvm_lapic_state)}. */
    KVM_SET_LAPIC(0x4400AE8FL),
    /** {@code _IOW(KVMIO, 0x90, struct kvm_cpuid2)}. */
    KVM_SET_CPUID2(0x4008AE90L),
    /** {@code _IOWR(KVMIO, 0x91, struct kvm_cpuid2)}. */
    KVM_GET_CPUID2(0xC008AE91L),
    /** {@code _IOR(KVMIO, 0x98, struct kvm_mp_state)}. */
    KVM_GET_MP_STATE(0x8004AE98L),
    /** {@code _IOW(KVMIO, 0x99, struct kvm_mp_state)}. */
    KVM_SET_MP_STATE(0x4004AE99L),
    /** {@code _IO(KVMIO, 0x9a)}. */
    KVM_NMI(0xAE9AL),
    /** {@code _IOW(KVMIO, 0x9b, struct kvm_guest_debug)}. */
    KVM_SET_GUEST_DEBUG(0x4048AE9BL),
    /** {@code _IOR(KVMIO, 0x9f, struct kvm_vcpu_events)}. */
    KVM_GET_VCPU_EVENTS(0x8040AE9FL),
    /** {@code _IOW(KVMIO, 0xa0, struct kvm_vcpu_events)}. */
    KVM_SET_VCPU_EVENTS(0x4040AEA0L),
    /** {@code _IOR(KVMIO, 0xa1, struct kvm_debugregs)}. */
    KVM_GET_DEBUGREGS(0x8080AEA1L),
    /** {@code _IOW(KVMIO, 0xa2, struct kvm_debugregs)}. */
    KVM_SET_DEBUGREGS(0x4080AEA2L),
    /** {@code _IO(KVMIO, 0xa2)}. */
    KVM_SET_TSC_KHZ(0xAEA2L),
    /** {@code _IO(KVMIO, 0xa3)}. */
    KVM_GET_TSC_KHZ(0xAEA3L),
    /** {@code _IOW(KVMIO, 0xa3, struct kvm_enable_cap)}. */
    KVM_ENABLE_CAP(0x4068AEA3L),
    /** {@code _IOR(KVMIO, 0xa4, struct kvm_xsave)}. */
    KVM_GET_XSAVE(0x9000AEA4L),
    /** {@code _IOW(KVMIO, 0xa5, struct kvm_xsave)}. */
    KVM_SET_XSAVE(0x5000AEA5L),
    /** {@code _IOR(KVMIO, 0xa6, struct kvm_xcrs)}. */
    KVM_GET_XCRS(0x8188AEA6L),
    /** {@code _IOW(KVMIO, 0xa7, struct kvm_xcrs)}. */
    KVM_SET_XCRS(0x4188AEA7L),
    /** {@code _IO(KVMIO, 0xad)}. */
    KVM_KVMCLOCK_CTRL(0xAEADL),
    /** {@code _IOR(KVMIO, 0xcc, struct kvm_sregs2)}. */
    KVM_GET_SREGS2(0x8140AECCL),
    /** {@code _IOW(KVMIO, 0xcd, struct kvm_sregs2)}. */
    KVM_SET_SREGS2(0x4140AECDL),
    /** {@code _IO(KVMIO, 0xce)}. */
    KVM_GET_STATS_FD(0xAECEL),
    /** {@code _IOR(KVMIO, 0xcf, struct kvm_xsave)}. */
    KVM_GET_XSAVE2(0x9000AECFL),
    /** {@code _IOWR(KVMIO, 0xd5, struct kvm_pre_fault_memory)}. */
    KVM_PRE_FAULT_MEMORY(0xC040AED5L),
    /** {@code _IOW(KVMIO, 0xe2, struct kvm_device_attr)}. */
    KVM_GET_DEVICE_ATTR(0x4018AEE2L);

    private final long request;

    KvmIoctl(long request) {
        this.request = request;
    }

    /** The number {@code ioctl} takes. */
    public long request() {
        return request;
    }
}
