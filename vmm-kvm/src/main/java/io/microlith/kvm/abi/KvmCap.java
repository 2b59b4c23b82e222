// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/**
 * What a KVM may be able to do: the capabilities of {@code linux/kvm.h} that this SDK uses, by their names there. The
 * value of one is zero where the host lacks it.
 */
public enum KvmCap {
    /** The interrupt controllers can be in the kernel. */
    KVM_CAP_IRQCHIP(0),
    /** Guest memory is memory of this process. */
    KVM_CAP_USER_MEMORY(3),
    /** Where the three pages are that Intel hosts need for real mode. */
    KVM_CAP_SET_TSS_ADDR(4),
    /** The processor's identity can be set leaf by leaf. */
    KVM_CAP_EXT_CPUID(7),
    /** The recommended number of vCPUs in a VM. */
    KVM_CAP_NR_VCPUS(9),
    /** The number of memory slots in a VM. */
    KVM_CAP_NR_MEMSLOTS(10),
    /** Whether a vCPU runs, halts or waits can be read and set. */
    KVM_CAP_MP_STATE(14),
    /** Writes to memory are collected in a ring; the value is the ring's page in the run mapping. */
    KVM_CAP_COALESCED_MMIO(15),
    /** Non-maskable interrupts can be sent. */
    KVM_CAP_USER_NMI(22),
    /** Breakpoints and single steps. */
    KVM_CAP_SET_GUEST_DEBUG(23),
    /** Interrupt inputs can be routed; the value is how many. */
    KVM_CAP_IRQ_ROUTING(25),
    /** An eventfd can raise an interrupt. */
    KVM_CAP_IRQFD(32),
    /** The timer chip can be in the kernel, with its speaker port. */
    KVM_CAP_PIT2(33),
    /** The timer chip's state can be read and set. */
    KVM_CAP_PIT_STATE2(35),
    /** A guest write can ring an eventfd. */
    KVM_CAP_IOEVENTFD(36),
    /** Where the page table is that Intel hosts need for real mode. */
    KVM_CAP_SET_IDENTITY_MAP_ADDR(37),
    /** The paravirtual clock can be read and set; the value is a mask of clock flags. */
    KVM_CAP_ADJUST_CLOCK(39),
    /** Pending exceptions, interrupts and NMIs can be read and set. */
    KVM_CAP_VCPU_EVENTS(41),
    /** Debug registers can be read and set. */
    KVM_CAP_DEBUGREGS(50),
    /** Capabilities of a vCPU can be switched on. */
    KVM_CAP_ENABLE_CAP(54),
    /** Extended processor state can be read and set. */
    KVM_CAP_XSAVE(55),
    /** Extended control registers can be read and set. */
    KVM_CAP_XCRS(56),
    /** The guest's TSC frequency can differ from the host's. */
    KVM_CAP_TSC_CONTROL(60),
    /** The guest's TSC frequency can be read. */
    KVM_CAP_GET_TSC_KHZ(61),
    /** The largest number of vCPUs in a VM. */
    KVM_CAP_MAX_VCPUS(66),
    /** The local APIC's timer has a deadline mode. */
    KVM_CAP_TSC_DEADLINE_TIMER(72),
    /** A paused guest's watchdogs can be told so. */
    KVM_CAP_KVMCLOCK_CTRL(76),
    /** A message-signalled interrupt can be sent without a route. */
    KVM_CAP_SIGNAL_MSI(77),
    /** Memory slots the guest cannot write. */
    KVM_CAP_READONLY_MEM(81),
    /** An eventfd for a level-triggered interrupt, with a second one rung at its end. */
    KVM_CAP_IRQFD_RESAMPLE(82),
    /** Capabilities of a VM can be switched on. */
    KVM_CAP_ENABLE_CAP_VM(98),
    /** An ioeventfd may ignore the size of the write. */
    KVM_CAP_IOEVENTFD_NO_LENGTH(100),
    /** A VM can be asked for capabilities. */
    KVM_CAP_CHECK_EXTENSION_VM(105),
    /** The local APICs are in the kernel, the I/O APIC is not. */
    KVM_CAP_SPLIT_IRQCHIP(121),
    /** An ioeventfd in memory may ignore the size of the write. */
    KVM_CAP_IOEVENTFD_ANY_LENGTH(122),
    /** A vCPU has attributes, among them the offset of its TSC. */
    KVM_CAP_VCPU_ATTRIBUTES(127),
    /** The largest APIC id plus one. */
    KVM_CAP_MAX_VCPU_ID(128),
    /** 32-bit APIC ids in routes and states; the value is a mask of flags. */
    KVM_CAP_X2APIC_API(129),
    /** A flag in the run page makes the next entry return at once. */
    KVM_CAP_IMMEDIATE_EXIT(136),
    /** Instructions that need not leave the guest; the value is a mask of them. */
    KVM_CAP_X86_DISABLE_EXITS(143),
    /** Feature MSRs can be read from /dev/kvm. */
    KVM_CAP_GET_MSR_FEATURES(153),
    /** Writes to ports are collected too. */
    KVM_CAP_COALESCED_PIO(162),
    /** A pending exception's payload is apart from its registers. */
    KVM_CAP_EXCEPTION_PAYLOAD(164),
    /** The dirty log is cleared by a call of its own; the value is a mask of flags. */
    KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2(168),
    /** How long a halted vCPU spins before it sleeps, per VM. */
    KVM_CAP_HALT_POLL(182),
    /** Accesses to unknown MSRs can leave to user space. */
    KVM_CAP_X86_USER_SPACE_MSR(188),
    /** Dirty pages in a ring per vCPU; the value is its largest size in bytes. */
    KVM_CAP_DIRTY_LOG_RING(192),
    /** Special registers with page directory pointers. */
    KVM_CAP_SREGS2(200),
    /** Statistics of a VM and its vCPUs can be read. */
    KVM_CAP_BINARY_STATS_FD(203),
    /** Every failed emulation leaves to user space. */
    KVM_CAP_EXIT_ON_EMULATION_FAILURE(204),
    /** Extended processor state beyond 4096 bytes; the value is its size. */
    KVM_CAP_XSAVE2(208),
    /** The TSC frequency can be set for a whole VM. */
    KVM_CAP_VM_TSC_CONTROL(214),
    /** System events have data. */
    KVM_CAP_SYSTEM_EVENT_DATA(215),
    /** A pending triple fault can be read and set. */
    KVM_CAP_X86_TRIPLE_FAULT_EVENT(218),
    /** The dirty ring, for processors with weak memory ordering too. */
    KVM_CAP_DIRTY_LOG_RING_ACQ_REL(223),
    /** Pages can be put into the tables behind the guest's before it touches them. Since Linux 6.11. */
    KVM_CAP_PRE_FAULT_MEMORY(236);

    private final int number;

    KvmCap(int number) {
        this.number = number;
    }

    /** The number {@code KVM_CHECK_EXTENSION} takes. */
    public int number() {
        return number;
    }
}
