// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.microlith.kvm.abi.KvmCap;
import io.microlith.kvm.abi.KvmDeviceAttrLayout;
import io.microlith.kvm.abi.KvmDirtyGfnLayout;
import io.microlith.kvm.abi.KvmExit;
import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.kvm.abi.KvmMpStateLayout;
import io.microlith.kvm.abi.KvmPreFaultMemoryLayout;
import io.microlith.linux.Errno;
import io.microlith.linux.IoctlCall;
import io.microlith.linux.Mapping;
import io.microlith.vmm.ExitReason;
import io.microlith.vmm.Vcpu;
import io.microlith.vmm.VcpuExit;
import io.microlith.vmm.VcpuFault;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.IoEvent;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A vCPU of KVM. How it is got out of the guest from another thread: see {@link KickSwitch}.
 *
 * <p>What reads and writes its state is for the bound thread, or for any one thread while none is in {@link #run}: KVM
 * makes the call wait for as long as the guest runs.
 */
public final class KvmVcpu implements Vcpu {
    private static final int PAGE = 4096;

    private final int index;
    private final KvmFile file;
    private final KvmVm vm;
    private final KvmFallbacks fallbacks;
    private final VcpuStateAccess state;
    private final Arena arena = Arena.ofShared();
    private final KvmRun run;
    private final IoctlCall enter;
    private final KickSwitch kick;
    private final @Nullable KvmCoalescedRing coalesced;
    private final @Nullable KvmDirtyRing dirtyRing;

    /** The error of the last {@link #run} that failed. */
    private int errno;

    KvmVcpu(int index, KvmFile file, KvmVm vm) {
        this.index = index;
        this.file = file;
        this.vm = vm;
        fallbacks = vm.fallbacks();
        state = new VcpuStateAccess(file, vm);
        try {
            MemorySegment mapping = Mapping.shared(file, 0, vm.host().runSize(), arena);
            run = new KvmRun(mapping);
            coalesced = coalescedRing(mapping);
            dirtyRing = mapDirtyRing();
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
        enter = file.bind(KvmIoctl.KVM_RUN);
        kick = new KickSwitch(run);
    }

    private @Nullable KvmCoalescedRing coalescedRing(MemorySegment mapping) {
        // The capability's value is the number of the ring's page in the run mapping.
        long offset = (long) vm.extension(KvmCap.KVM_CAP_COALESCED_MMIO) * PAGE;
        boolean there = offset > 0 && offset + PAGE <= mapping.byteSize();
        return there ? new KvmCoalescedRing(mapping.asSlice(offset, PAGE), vm.coalescedLock()) : null;
    }

    private @Nullable KvmDirtyRing mapDirtyRing() {
        int size = vm.dirtyTracking().ringSize();
        if (size == 0) {
            return null;
        }
        KvmDirtyRing ring =
                new KvmDirtyRing(Mapping.shared(file, (long) KvmDirtyGfnLayout.PAGE_OFFSET * PAGE, size, arena));
        vm.dirtyTracking().add(ring);
        return ring;
    }

    KvmFile file() {
        return file;
    }

    /** What calls to this vCPU say about it when they fail. */
    String detail() {
        return "vcpu=" + index;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public void bindToThread() {
        kick.bind(file, this::detail);
    }

    @Override
    public void unbindFromThread() {
        kick.unbind();
    }

    @Override
    public ExitReason run() {
        while (true) {
            int result = enter.invoke();
            if (result < 0) {
                return notEntered(-result);
            }
            switch (run.exitReason()) {
                case KvmExit.IO -> {
                    run.decodePio();
                    if (fallbacks.isEmpty() || !fallbacks.handle(IoEvent.Space.PIO, run)) {
                        return ExitReason.PIO;
                    }
                }
                case KvmExit.MMIO -> {
                    run.decodeMmio();
                    if (fallbacks.isEmpty() || !fallbacks.handle(IoEvent.Space.MMIO, run)) {
                        return ExitReason.MMIO;
                    }
                }
                default -> {
                    return rareExit();
                }
            }
        }
    }

    private ExitReason rareExit() {
        errno = 0;
        ExitReason reason = run.rareReason();
        if (reason == ExitReason.DIRTY_RING_FULL && vm.dirtyTracking().drainsWhenFull()) {
            vm.dirtyTracking().drainRings();
            return ExitReason.INTERRUPTED;
        }
        return reason == ExitReason.INTERRUPTED ? interrupted() : reason;
    }

    private ExitReason notEntered(int error) {
        return switch (error) {
            case Errno.EINTR -> interrupted();
            // An application processor that waited for its start-up message got it: it runs with the next call.
            case Errno.EAGAIN -> ExitReason.INTERRUPTED;
            default -> {
                errno = error;
                yield ExitReason.HOST_ERROR;
            }
        };
    }

    private ExitReason interrupted() {
        kick.acknowledge();
        return ExitReason.INTERRUPTED;
    }

    @Override
    public VcpuExit exit() {
        return run;
    }

    /** The last exit, after {@link ExitReason#DEBUG}. */
    public DebugExit debugExit() {
        return run.debugExit();
    }

    /** The vector whose interrupt the guest ended, after {@link ExitReason#END_OF_INTERRUPT}. */
    public int endOfInterrupt() {
        return run.endOfInterrupt();
    }

    @Override
    public void kick() {
        kick.kick();
    }

    @Override
    public VcpuFault fault() {
        return new FaultReport(this, run, errno, vm.memory()).make();
    }

    @Override
    public void preFault(List<AddressRange> ranges) {
        if (vm.extension(KvmCap.KVM_CAP_PRE_FAULT_MEMORY) == 0) {
            return;
        }
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment rest = scratch.allocate(KvmPreFaultMemoryLayout.SIZE, Long.BYTES);
            for (AddressRange range : ranges) {
                rest.set(JAVA_LONG, KvmPreFaultMemoryLayout.GPA, range.base());
                rest.set(JAVA_LONG, KvmPreFaultMemoryLayout.RANGE_SIZE, range.size());
                if (!preFault(rest)) {
                    return;
                }
            }
        }
    }

    /** A signal ends the call early, and the kernel says how far it came. Returns whether it came to the end. */
    private boolean preFault(MemorySegment rest) {
        int result = 0;
        while ((result == 0 || result == -Errno.EINTR) && rest.get(JAVA_LONG, KvmPreFaultMemoryLayout.RANGE_SIZE) > 0) {
            result = file.tryCall(KvmIoctl.KVM_PRE_FAULT_MEMORY, rest);
        }
        return result == 0;
    }

    /**
     * Hands over the writes the VM collected, in their order; see {@link KvmVm#coalesce}. They came before the exit
     * that {@link #exit} shows.
     *
     * @return how many there were
     */
    public int drainCoalesced(CoalescedWrite sink) {
        return coalesced == null ? 0 : coalesced.drain(sink);
    }

    /**
     * Switches a capability on, for this vCPU.
     *
     * @param args what the capability takes, up to four numbers
     * @throws KvmException if the host does not have it, or it is too late for it
     */
    public void enable(KvmCap capability, long... args) {
        KvmEnableCap.enable(file, capability, args);
    }

    /** What CPUID answers, leaf by leaf. Before the first {@link #run}. */
    public void cpuid(List<CpuidEntry> entries) {
        try (Arena scratch = Arena.ofConfined()) {
            file.call(
                    KvmIoctl.KVM_SET_CPUID2,
                    CpuidTable.write(entries, scratch),
                    () -> detail() + " nent=" + entries.size());
        }
    }

    /** What CPUID answers, as KVM has it. */
    public List<CpuidEntry> cpuid() {
        return CpuidTable.read(file, KvmIoctl.KVM_GET_CPUID2);
    }

    /**
     * Reads model-specific registers.
     *
     * @throws KvmException if KVM refuses one; it names it
     */
    public List<MsrValue> msrs(List<Integer> indices) {
        return MsrTable.read(file, indices);
    }

    /**
     * Writes model-specific registers, in the order given.
     *
     * @throws KvmException if KVM refuses one; it names it, and those before it are written
     */
    public void setMsrs(List<MsrValue> values) {
        MsrTable.store(file, values);
    }

    /** What the vCPU does when it is run. */
    public MpState mpState() {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment mpState = scratch.allocate(KvmMpStateLayout.SIZE, Integer.BYTES);
            file.call(KvmIoctl.KVM_GET_MP_STATE, mpState, this::detail);
            return MpState.of(mpState.get(JAVA_INT, KvmMpStateLayout.MP_STATE));
        }
    }

    /** Sets what the vCPU does when it is run. */
    public void mpState(MpState value) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment mpState = scratch.allocate(KvmMpStateLayout.SIZE, Integer.BYTES);
            mpState.set(JAVA_INT, KvmMpStateLayout.MP_STATE, value.number());
            file.call(KvmIoctl.KVM_SET_MP_STATE, mpState, () -> detail() + " mp_state=" + value);
        }
    }

    /**
     * Reads a part of the state.
     *
     * @throws KvmException if the host does not have that part
     */
    public byte[] get(VcpuBlock block) {
        return state.get(block);
    }

    /**
     * Puts a part of the state back.
     *
     * @throws IllegalArgumentException if it has not the size the part has on this host
     * @throws KvmException if KVM finds something wrong in it
     */
    public void set(VcpuBlock block, byte[] bytes) {
        state.set(block, bytes);
    }

    /**
     * Reads all of the state.
     *
     * @param msrs the registers to include, such as {@link KvmHypervisor#msrIndices}; those that cannot be read are
     *     left out
     */
    public KvmVcpuState save(List<Integer> msrs) {
        return state.save(msrs);
    }

    /**
     * Puts all of the state back, in the order KVM needs. CPUID is set before.
     *
     * @throws IllegalArgumentException if it is of a host with other structs
     * @throws KvmException if KVM finds something wrong in it
     */
    public void restore(KvmVcpuState saved) {
        state.restore(saved);
    }

    /** Makes a non-maskable interrupt pending. */
    public void nmi() {
        file.call(KvmIoctl.KVM_NMI, 0, detail());
    }

    /** The frequency of the guest's TSC, or 0 if the host does not say. */
    public int tscKhz() {
        return vm.extension(KvmCap.KVM_CAP_GET_TSC_KHZ) == 0 ? 0 : file.call(KvmIoctl.KVM_GET_TSC_KHZ, 0, detail());
    }

    /**
     * Sets the frequency of the guest's TSC.
     *
     * @return whether the host can do that, which it always can for its own frequency
     */
    public boolean setTscKhz(int khz) {
        int result = file.tryCall(KvmIoctl.KVM_SET_TSC_KHZ, khz);
        if (result < 0 && result != -Errno.EINVAL) {
            throw new KvmException(KvmIoctl.KVM_SET_TSC_KHZ.name(), -result, detail() + " khz=" + khz);
        }
        return result >= 0;
    }

    /** What the guest's TSC is ahead of the host's, where it is not scaled; empty if the host does not say. */
    public OptionalLong tscOffset() {
        if (vm.extension(KvmCap.KVM_CAP_VCPU_ATTRIBUTES) == 0) {
            return OptionalLong.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment offset = arena.allocate(JAVA_LONG);
            MemorySegment attribute = arena.allocate(KvmDeviceAttrLayout.SIZE, Long.BYTES);
            attribute.set(JAVA_INT, KvmDeviceAttrLayout.GROUP, KvmDeviceAttrLayout.GROUP_VCPU_TSC_CTRL);
            attribute.set(JAVA_LONG, KvmDeviceAttrLayout.ATTR, KvmDeviceAttrLayout.ATTR_VCPU_TSC_OFFSET);
            attribute.set(JAVA_LONG, KvmDeviceAttrLayout.ADDR, offset.address());
            int result = file.tryCall(KvmIoctl.KVM_GET_DEVICE_ATTR, attribute);
            return result < 0 ? OptionalLong.empty() : OptionalLong.of(offset.get(JAVA_LONG, 0));
        }
    }

    /** KVM_KVMCLOCK_CTRL, for guests that use kvmclock. */
    @Override
    public boolean announcePause() {
        return file.tryCall(KvmIoctl.KVM_KVMCLOCK_CTRL, 0) >= 0;
    }

    /** Sets what makes the vCPU leave the guest for a debugger. */
    public void debug(GuestDebug debug) {
        try (Arena scratch = Arena.ofConfined()) {
            file.call(KvmIoctl.KVM_SET_GUEST_DEBUG, debug.write(scratch), () -> detail() + " " + debug);
        }
    }

    /** The vCPU's counters, or nothing on a host that does not give them out. To be closed. */
    public Optional<KvmStatistics> statistics() {
        return vm.statistics(file);
    }

    @Override
    public void close() {
        if (file.isClosed()) {
            return;
        }
        kick.close();
        if (dirtyRing != null) {
            vm.dirtyTracking().remove(dirtyRing);
        }
        arena.close();
        file.close();
    }

    @Override
    public String toString() {
        return "vCPU " + index;
    }
}
