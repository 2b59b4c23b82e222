// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.kvm.abi.KvmCap;
import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.linux.Errno;
import io.microlith.linux.Fd;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.Board;
import io.microlith.vmm.Capability;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.error.HypervisorException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Linux's KVM, opened. Any thread may use it; VMs made with it outlive its closing. */
public final class KvmHypervisor implements Hypervisor {
    /** Where Linux has it. */
    public static final Path DEVICE = Path.of("/dev/kvm");

    /** KVM_API_VERSION: the only one there has been since Linux 2.6.22. */
    private static final int API_VERSION = 12;

    /** What a processor is immune to: Intel SDM volume 4, table 2-2. */
    private static final int IA32_ARCH_CAPABILITIES = 0x10a;

    /** What nothing here works without. The youngest is KVM_CAP_IMMEDIATE_EXIT, of Linux 4.12. */
    private static final Set<KvmCap> REQUIRED = Set.of(
            KvmCap.KVM_CAP_IRQCHIP,
            KvmCap.KVM_CAP_USER_MEMORY,
            KvmCap.KVM_CAP_SET_TSS_ADDR,
            KvmCap.KVM_CAP_EXT_CPUID,
            KvmCap.KVM_CAP_MP_STATE,
            KvmCap.KVM_CAP_IRQ_ROUTING,
            KvmCap.KVM_CAP_PIT2,
            KvmCap.KVM_CAP_SIGNAL_MSI,
            KvmCap.KVM_CAP_CHECK_EXTENSION_VM,
            KvmCap.KVM_CAP_IMMEDIATE_EXIT);

    private final KvmFile file;
    private final KvmHost host;
    private final VcpuThreads threads = new VcpuThreads();

    /** A VM that was asked something and is nobody's yet: to make one, and to close it, takes the kernel long. */
    private final AtomicReference<@Nullable KvmFile> spare = new AtomicReference<>();

    // What many VMs ask for and takes long to find out. Two threads may find it out at once: they find the same.
    private volatile @Nullable Board board;
    private volatile @Nullable List<CpuidEntry> supportedCpuid;
    private volatile @Nullable List<Integer> msrIndices;
    private volatile @Nullable List<MsrValue> featureMsrs;
    private volatile @Nullable Integer tscKhz;

    private KvmHypervisor(Path device, KvmFile file, Set<KvmCap> hidden) {
        this.file = file;
        checkVersion(file, device);
        checkRequired(file, hidden);
        host = new KvmHost(file.call(KvmIoctl.KVM_GET_VCPU_MMAP_SIZE, 0, ""), Set.copyOf(hidden));
    }

    /**
     * Opens {@code /dev/kvm}.
     *
     * @throws HypervisorException if it is not there, may not be opened, or is a KVM that cannot do what is needed
     */
    public static KvmHypervisor open() {
        return open(DEVICE);
    }

    /**
     * Opens KVM's device where a host has it under another name than {@code /dev/kvm}: in a container, say.
     *
     * @throws HypervisorException if it is not there, may not be opened, or is no KVM that can do what is needed
     */
    public static KvmHypervisor open(Path device) {
        return open(device, Set.of());
    }

    /**
     * Opens KVM and takes some of its capabilities for missing: to try out, on this host, what a machine does on one
     * without them.
     *
     * @param hidden the capabilities that neither the hypervisor nor its VMs have
     * @throws HypervisorException if it is not there, may not be opened, or lacks what is needed: {@link #required}
     */
    public static KvmHypervisor open(Path device, Set<KvmCap> hidden) {
        KvmFile file = new KvmFile(openDevice(device));
        try {
            return new KvmHypervisor(device, file, hidden);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The capabilities without which nothing works here. All others have a way round, or a call that says no. */
    public static Set<KvmCap> required() {
        return REQUIRED;
    }

    private static Fd openDevice(Path device) {
        try {
            return Fd.open(device, Fd.O_RDWR);
        } catch (SystemCallException e) {
            throw new HypervisorException("cannot open " + device + ": " + remedy(device, e.errno()), e);
        }
    }

    /** What is wrong, and what to do about it. */
    static String remedy(Path device, int errno) {
        return Errno.describe(errno)
                + switch (errno) {
                    case Errno.ENOENT, Errno.ENXIO, Errno.ENODEV ->
                        ": this host offers no KVM; load its module with 'modprobe kvm_intel' or 'modprobe kvm_amd',"
                                + " switch virtualization on in the firmware, or give a container the device";
                    case Errno.EACCES, Errno.EPERM ->
                        ": this user may not use KVM; add the user to the group that owns " + device
                                + " with 'usermod -aG kvm USER' and log in again";
                    case Errno.EMFILE, Errno.ENFILE -> ": too many open files; raise the limit with 'ulimit -n'";
                    default -> "";
                };
    }

    private static void checkVersion(KvmFile file, Path device) {
        int version = file.tryCall(KvmIoctl.KVM_GET_API_VERSION, 0);
        if (version < 0) {
            String remedy = device.equals(DEVICE) ? "mend this host's /dev" : "that is " + DEVICE + " as a rule";
            throw new KvmException(
                    KvmIoctl.KVM_GET_API_VERSION.name(), -version, device + " is not KVM's device: " + remedy);
        }
        checkVersion(version);
    }

    /** Split off so that it can be tested: there is no KVM with another version. */
    static void checkVersion(int version) {
        if (version != API_VERSION) {
            throw new HypervisorException("KVM has API version " + version + ", and version " + API_VERSION
                    + " is needed: run a Linux kernel of 4.12 or later");
        }
    }

    private static void checkRequired(KvmFile file, Set<KvmCap> hidden) {
        KvmHost unknown = new KvmHost(0, hidden);
        String missing = REQUIRED.stream()
                .filter(capability -> unknown.extension(file, capability) == 0)
                .map(KvmCap::name)
                .sorted()
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            throw new HypervisorException(
                    "this host's KVM lacks " + missing + ": run a Linux kernel of 4.12 or later with KVM for x86");
        }
    }

    @Override
    public String name() {
        return "kvm";
    }

    @Override
    public boolean supports(Capability capability) {
        return switch (capability) {
            case IO_EVENT -> has(KvmCap.KVM_CAP_IOEVENTFD);
            case INTERRUPT_EVENT -> has(KvmCap.KVM_CAP_IRQFD);
            case READ_ONLY_MEMORY -> has(KvmCap.KVM_CAP_READONLY_MEM);
            // As old as memory slots themselves.
            case DIRTY_LOG -> true;
            case DIRTY_RING -> has(KvmCap.KVM_CAP_DIRTY_LOG_RING) || has(KvmCap.KVM_CAP_DIRTY_LOG_RING_ACQ_REL);
            case COALESCED_IO -> has(KvmCap.KVM_CAP_COALESCED_MMIO);
            case STATISTICS -> has(KvmCap.KVM_CAP_BINARY_STATS_FD);
            case NO_HALT_EXIT -> (extension(KvmCap.KVM_CAP_X86_DISABLE_EXITS) & KvmDisabledExits.HLT) != 0;
            case PRE_FAULT -> has(KvmCap.KVM_CAP_PRE_FAULT_MEMORY);
        };
    }

    private boolean has(KvmCap capability) {
        return extension(capability) > 0;
    }

    /** The value of a capability, 0 if the host lacks it. A VM may have another: ask {@link KvmVm#extension} there. */
    public int extension(KvmCap capability) {
        return host.extension(file, capability);
    }

    @Override
    public int maxVcpus() {
        return Math.max(1, extension(KvmCap.KVM_CAP_MAX_VCPUS));
    }

    @Override
    public Board defaultBoard() {
        Board found = board;
        if (found == null) {
            found = Hypervisor.super.defaultBoard();
            board = found;
        }
        return found;
    }

    /**
     * What KVM can offer a guest by CPUID, on this host: unfiltered, with the host's own topology in it. As it was when
     * first asked for.
     */
    public List<CpuidEntry> supportedCpuid() {
        List<CpuidEntry> found = supportedCpuid;
        if (found == null) {
            found = CpuidTable.read(file, KvmIoctl.KVM_GET_SUPPORTED_CPUID);
            supportedCpuid = found;
        }
        return found;
    }

    /** The model-specific registers whose values are a vCPU's state. */
    public List<Integer> msrIndices() {
        List<Integer> found = msrIndices;
        if (found == null) {
            found = List.copyOf(MsrTable.indices(file, KvmIoctl.KVM_GET_MSR_INDEX_LIST));
            msrIndices = found;
        }
        return found;
    }

    /**
     * The model-specific registers that describe the processor, with what KVM can offer a guest on this host. A KVM
     * that does not say gives a new vCPU some of them all the same; those are known then, of a VM that is made for a
     * moment.
     */
    public List<MsrValue> featureMsrs() {
        List<MsrValue> found = featureMsrs;
        if (found == null) {
            found = List.copyOf(readFeatureMsrs());
            featureMsrs = found;
        }
        return found;
    }

    private List<MsrValue> readFeatureMsrs() {
        if (extension(KvmCap.KVM_CAP_GET_MSR_FEATURES) > 0) {
            return MsrTable.readAvailable(file, MsrTable.indices(file, KvmIoctl.KVM_GET_MSR_FEATURE_INDEX_LIST));
        }
        try (KvmVm vm = createVm("features");
                KvmVcpu vcpu = vm.createVcpu(0)) {
            return MsrTable.readAvailable(vcpu.file(), List.of(IA32_ARCH_CAPABILITIES));
        }
    }

    /**
     * How fast a guest's TSC goes on this host if nobody sets it, in kHz; 0 if the host does not say. Only a VM can
     * tell: the first call makes one, which {@link #createVm} gives away next.
     */
    public int tscKhz() {
        Integer found = tscKhz;
        if (found == null) {
            found = extension(KvmCap.KVM_CAP_GET_TSC_KHZ) == 0 ? 0 : readTscKhz();
            tscKhz = found;
        }
        return found;
    }

    private int readTscKhz() {
        KvmFile vm = file.create(KvmIoctl.KVM_CREATE_VM, 0, "");
        int khz = vm.tryCall(KvmIoctl.KVM_GET_TSC_KHZ, 0);
        keep(vm);
        return khz >= 0 ? khz : tscKhzOfVcpu();
    }

    /** Has a VM in stock, in place of one that is. */
    private void keep(@Nullable KvmFile vm) {
        KvmFile before = spare.getAndSet(vm);
        if (before != null) {
            before.close();
        }
    }

    /** Before Linux 5.18, only a vCPU can tell. */
    private int tscKhzOfVcpu() {
        try (KvmVm vm = createVm("tsc");
                KvmVcpu vcpu = vm.createVcpu(0)) {
            return vcpu.tscKhz();
        }
    }

    @Override
    public KvmVm createVm(String id) {
        KvmFile made = spare.getAndSet(null);
        return new KvmVm(id, host, made != null ? made : file.create(KvmIoctl.KVM_CREATE_VM, 0, "vm=" + id));
    }

    @Override
    public Executor vcpuThreads() {
        return threads;
    }

    @Override
    public void close() {
        threads.close();
        keep(null);
        file.close();
    }
}
