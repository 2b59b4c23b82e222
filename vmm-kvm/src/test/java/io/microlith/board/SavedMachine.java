// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.board.state.ChipsState;
import io.microlith.board.state.GuestTime;
import io.microlith.board.state.ProcessorState;
import io.microlith.kvm.CpuidEntry;
import io.microlith.kvm.VmBlock;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Restoration;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.MappedMemory;
import io.microlith.vmm.memory.MemorySource;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.MachineState;
import io.microlith.vmm.state.StatePart;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A machine of one vCPU as it was saved, kept in the heap. Its memory begins at zero and has no gap.
 *
 * @param config its size and manner
 * @param state what it was
 * @param bytes its memory
 */
record SavedMachine(VmConfig config, MachineState state, ByteString bytes) implements Restoration {
    private static final String VCPU = "vcpu.0";
    private static final String CHIPS = "board.chips";

    static SavedMachine of(Vm vm) {
        try (FrozenVm frozen = vm.freeze()) {
            byte[] bytes = new byte[(int) vm.config().memory().bytes()];
            frozen.memory().read(0, bytes, 0, bytes.length);
            return new SavedMachine(vm.config(), frozen.save(), ByteString.of(bytes));
        }
    }

    @Override
    public MemorySource memory(List<AddressRange> ranges) {
        return (name, where, backing) -> {
            MachineMemory memory = MappedMemory.map(name, where, backing);
            memory.memory().write(0, bytes.toByteArray(), 0, bytes.length());
            return memory;
        };
    }

    ProcessorState vcpu() {
        return ProcessorState.read(state.get(VCPU));
    }

    /** The interrupt controllers and the timer chip, as KVM's structs. */
    Map<VmBlock, byte[]> chips() {
        return ChipsState.read(state.get(CHIPS)).structs();
    }

    /** The same machine, as another host would have saved it. */
    SavedMachine with(UnaryOperator<ProcessorState> change) {
        return with(StatePart.of(VCPU, change.apply(vcpu())));
    }

    SavedMachine withChips(Map<VmBlock, byte[]> structs) {
        return with(StatePart.of(CHIPS, ChipsState.of(structs)));
    }

    private SavedMachine with(StatePart other) {
        List<StatePart> parts = state.parts().stream()
                .map(part -> part.name().equals(other.name()) ? other : part)
                .toList();
        return new SavedMachine(config, MachineState.of(parts), bytes);
    }

    SavedMachine withCpuid(int function, UnaryOperator<CpuidEntry> change) {
        return with(vcpu -> new ProcessorState(
                vcpu.blocks(),
                vcpu.msrs(),
                vcpu.time(),
                vcpu.cpuid().stream()
                        .map(leaf -> leaf.function() == function && leaf.index() == 0 ? change.apply(leaf) : leaf)
                        .toList()));
    }

    SavedMachine withSpeed(int khz) {
        GuestTime time = vcpu().time();
        return with(vcpu -> new ProcessorState(
                vcpu.blocks(), vcpu.msrs(), new GuestTime(time.clock(), time.tsc(), khz), vcpu.cpuid()));
    }
}
