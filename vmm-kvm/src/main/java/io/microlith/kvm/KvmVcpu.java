// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.microlith.kvm.abi.KvmExit;
import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.kvm.abi.KvmMpStateLayout;
import io.microlith.kvm.abi.KvmRunLayout;
import io.microlith.linux.Errno;
import io.microlith.linux.IoctlCall;
import io.microlith.linux.Mapping;
import io.microlith.vmm.ExitReason;
import io.microlith.vmm.Vcpu;
import io.microlith.vmm.VcpuExit;
import io.microlith.vmm.VcpuFault;
import io.microlith.vmm.memory.GuestMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A vCPU of KVM. How it is got out of the guest from another thread: see {@link KickSwitch}. */
public final class KvmVcpu implements Vcpu {
    private final int index;
    private final KvmFile file;
    private final Supplier<@Nullable GuestMemory> memory;
    private final Arena arena = Arena.ofShared();
    private final KvmRun run;
    private final IoctlCall enter;
    private final KickSwitch kick;

    /** The error of the last {@link #run} that failed. */
    private int errno;

    KvmVcpu(int index, KvmFile file, KvmHost host, Supplier<@Nullable GuestMemory> memory) {
        this.index = index;
        this.file = file;
        this.memory = memory;
        MemorySegment page;
        try {
            page = Mapping.shared(file, 0, host.runSize(), arena);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
        run = new KvmRun(page);
        enter = file.bind(KvmIoctl.KVM_RUN);
        kick = new KickSwitch(run);
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
        kick.bind(file, detail());
    }

    @Override
    public void unbindFromThread() {
        kick.unbind();
    }

    @Override
    public ExitReason run() {
        int result = enter.invoke();
        if (result < 0) {
            return notEntered(-result);
        }
        return switch (run.exitReason()) {
            case KvmExit.IO -> {
                run.decodePio();
                yield ExitReason.PIO;
            }
            case KvmExit.MMIO -> {
                run.decodeMmio();
                yield ExitReason.MMIO;
            }
            default -> rareExit();
        };
    }

    private ExitReason rareExit() {
        return switch (run.exitReason()) {
            case KvmExit.INTR -> interrupted();
            case KvmExit.HLT -> ExitReason.HALTED;
            case KvmExit.SHUTDOWN -> ExitReason.TRIPLE_FAULT;
            case KvmExit.FAIL_ENTRY -> ExitReason.ENTRY_FAILED;
            case KvmExit.INTERNAL_ERROR ->
                run.page().get(JAVA_INT, KvmRunLayout.INTERNAL_SUBERROR) == KvmExit.INTERNAL_ERROR_EMULATION
                        ? ExitReason.EMULATION_FAILED
                        : ExitReason.OTHER;
            case KvmExit.DEBUG -> ExitReason.DEBUG;
            case KvmExit.DIRTY_RING_FULL -> ExitReason.DIRTY_RING_FULL;
            case KvmExit.HYPERCALL -> ExitReason.HYPERCALL;
            case KvmExit.IOAPIC_EOI -> ExitReason.END_OF_INTERRUPT;
            case KvmExit.SYSTEM_EVENT -> systemEvent();
            default -> ExitReason.OTHER;
        };
    }

    private ExitReason systemEvent() {
        return switch (run.page().get(JAVA_INT, KvmRunLayout.SYSTEM_EVENT_TYPE)) {
            case KvmExit.SYSTEM_EVENT_SHUTDOWN -> ExitReason.SYSTEM_SHUTDOWN;
            case KvmExit.SYSTEM_EVENT_RESET -> ExitReason.SYSTEM_RESET;
            case KvmExit.SYSTEM_EVENT_CRASH -> ExitReason.SYSTEM_CRASH;
            default -> ExitReason.OTHER;
        };
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

    @Override
    public void kick() {
        kick.kick();
    }

    @Override
    public VcpuFault fault() {
        return new FaultReport(this, run, errno, memory.get()).make();
    }

    /** What CPUID answers, leaf by leaf. Before the first {@link #run}. */
    public void cpuid(List<CpuidEntry> entries) {
        try (Arena scratch = Arena.ofConfined()) {
            file.call(
                    KvmIoctl.KVM_SET_CPUID2, CpuidTable.write(entries, scratch), detail() + " nent=" + entries.size());
        }
    }

    /** What CPUID answers, as KVM has it. */
    public List<CpuidEntry> cpuid() {
        return CpuidTable.read(file, KvmIoctl.KVM_GET_CPUID2);
    }

    /** Reads model-specific registers. */
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
            MemorySegment state = scratch.allocate(KvmMpStateLayout.SIZE, Integer.BYTES);
            file.call(KvmIoctl.KVM_GET_MP_STATE, state, detail());
            return MpState.of(state.get(JAVA_INT, KvmMpStateLayout.MP_STATE));
        }
    }

    /** Sets what the vCPU does when it is run. */
    public void mpState(MpState value) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment state = scratch.allocate(KvmMpStateLayout.SIZE, Integer.BYTES);
            state.set(JAVA_INT, KvmMpStateLayout.MP_STATE, value.number());
            file.call(KvmIoctl.KVM_SET_MP_STATE, state, detail() + " mp_state=" + value);
        }
    }

    @Override
    public void close() {
        if (file.isClosed()) {
            return;
        }
        kick.close();
        arena.close();
        file.close();
    }

    @Override
    public String toString() {
        return "vCPU " + index;
    }
}
