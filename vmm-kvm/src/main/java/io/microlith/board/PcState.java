// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.board.cpu.CpuTemplate;
import io.microlith.board.cpu.VcpuPowerOn;
import io.microlith.board.host.HostCheck;
import io.microlith.board.host.HostOffer;
import io.microlith.board.state.ChipsState;
import io.microlith.board.state.GuestClocks;
import io.microlith.board.state.GuestTime;
import io.microlith.board.state.ProcessorState;
import io.microlith.kvm.KvmException;
import io.microlith.kvm.KvmVcpu;
import io.microlith.kvm.KvmVcpuState;
import io.microlith.kvm.KvmVm;
import io.microlith.linux.Errno;
import io.microlith.vmm.DeviceParts;
import io.microlith.vmm.HostDifference;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.MachineState;
import io.microlith.vmm.state.StatePart;
import java.util.ArrayList;
import java.util.List;

/** The parts of a saved PC: what they are called, and the way in and out of KVM. */
final class PcState {
    private static final String CHIPS = "board.chips";
    private static final String VCPUS = "vcpu.";

    private PcState() {}

    /** All but the vCPUs. While nothing runs. */
    static List<StatePart> save(KernelChips chips, List<Device> devices) {
        List<StatePart> parts = new ArrayList<>();
        parts.add(StatePart.of(CHIPS, ChipsState.of(chips.save())));
        devices.forEach(device -> parts.add(DeviceParts.save(device)));
        return parts;
    }

    /** What keeps the vCPUs of a saved machine from going on on a host. */
    static List<HostDifference> differences(HostOffer host, MachineState saved) {
        HostCheck check = new HostCheck(host);
        for (StatePart part : saved.parts()) {
            if (part.name().startsWith(VCPUS)) {
                check.add(SavedProcessor.of(saved, part.name()).state());
            }
        }
        return check.differences();
    }

    /** A vCPU. On its thread. */
    static StatePart save(KvmVm vm, KvmVcpu vcpu, CpuTemplate template) {
        GuestTime time = GuestClocks.of(vm, vcpu).read();
        return StatePart.of(VCPUS + vcpu.index(), ProcessorState.of(template.saveAll(vcpu), time, vcpu.cpuid()));
    }

    /** Makes a vCPU what it was. On its thread. Returns what its clocks showed. */
    static GuestTime restore(MachineState saved, KvmVcpu vcpu, VcpuPowerOn identity) {
        String part = VCPUS + vcpu.index();
        SavedProcessor processor = SavedProcessor.of(saved, part);
        ProcessorState state = processor.state();
        state.time().adoptSpeed(vcpu);
        restore(part, () -> identity.admit(vcpu, state.cpuid(), processor.structs()));
        return state.time();
    }

    /** A vCPU that was saved, read once for all machines that become it. */
    private record SavedProcessor(ProcessorState state, KvmVcpuState structs) {
        static SavedProcessor of(MachineState saved, String part) {
            return saved.get(part, SavedProcessor.class, reader -> {
                ProcessorState state = ProcessorState.read(reader);
                return new SavedProcessor(state, state.structs());
            });
        }
    }

    /** Puts interrupt controllers and timer back. */
    static void restore(MachineState saved, KernelChips chips) {
        ChipsState state = saved.get(CHIPS, ChipsState.class, ChipsState::read).checked(chips.blocks());
        restore(CHIPS, () -> chips.restore(state.structs()));
    }

    /** What KVM does not take is the state's fault, as far as it says so. */
    private static void restore(String part, Runnable action) {
        try {
            action.run();
        } catch (IllegalArgumentException e) {
            throw new InvalidStateException(part, "structs", e.getMessage());
        } catch (KvmException e) {
            if (e.errno() != Errno.EINVAL) {
                throw e;
            }
            throw new InvalidStateException(part, "structs", "KVM takes them: " + e.getMessage());
        }
    }
}
