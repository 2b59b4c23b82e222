// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.board.cpu.CpuTemplate;
import io.microlith.board.cpu.VcpuPowerOn;
import io.microlith.board.state.ChipsState;
import io.microlith.board.state.GuestTime;
import io.microlith.board.state.ProcessorState;
import io.microlith.kvm.KvmException;
import io.microlith.kvm.KvmVcpu;
import io.microlith.kvm.KvmVm;
import io.microlith.linux.Errno;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.MachineState;
import io.microlith.vmm.state.Snapshotable;
import io.microlith.vmm.state.StatePart;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The parts of a saved PC: what they are called, and the way in and out of KVM. */
final class PcState {
    private static final String CHIPS = "board.chips";
    private static final String DEVICES = "device.";
    private static final String VCPUS = "vcpu.";

    private PcState() {}

    /** The part of a device. */
    static String device(DeviceId id) {
        return DEVICES + id;
    }

    /** All but the vCPUs. While nothing runs. */
    static List<StatePart> save(KernelChips chips, List<Device> devices) {
        List<StatePart> parts = new ArrayList<>();
        parts.add(StatePart.of(CHIPS, ChipsState.of(chips.save())));
        for (Device device : devices) {
            if (!(device instanceof Snapshotable<?> known)) {
                throw new ConfigException(
                        "device",
                        device.id() + " cannot be saved: " + device.getClass().getName() + " has no state to give");
            }
            parts.add(StatePart.of(device(device.id()), known.save()));
        }
        return parts;
    }

    /** A vCPU. On its thread. */
    static StatePart save(KvmVm vm, KvmVcpu vcpu, CpuTemplate template) {
        GuestTime time = GuestTime.read(vm, vcpu);
        return StatePart.of(VCPUS + vcpu.index(), ProcessorState.of(template.saveAll(vcpu), time));
    }

    /** What the first vCPU's clocks showed. */
    static GuestTime time(MachineState saved) {
        return ProcessorState.read(saved.get(VCPUS + 0)).time();
    }

    /** Makes a vCPU what it was. On its thread. */
    static void restore(MachineState saved, KvmVcpu vcpu, VcpuPowerOn identity) {
        String part = VCPUS + vcpu.index();
        ProcessorState state = ProcessorState.read(saved.get(part));
        restore(part, () -> identity.admit(vcpu, state.structs()));
    }

    /** Puts interrupt controllers and timer back. */
    static void restore(MachineState saved, KernelChips chips) {
        ChipsState state = ChipsState.read(saved.get(CHIPS)).checked(chips.blocks());
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

    /**
     * Requires that each device that was saved is there again.
     *
     * @throws InvalidStateException naming one that is not
     */
    static void requireNoOther(MachineState saved, List<Device> devices) {
        Set<String> known = devices.stream().map(device -> device(device.id())).collect(Collectors.toSet());
        for (StatePart part : saved.parts()) {
            if (part.name().startsWith(DEVICES) && !known.contains(part.name())) {
                throw new InvalidStateException(
                        part.name(), "not configured", "the machine has each device again that it had");
            }
        }
    }
}
