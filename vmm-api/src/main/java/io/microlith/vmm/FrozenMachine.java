// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.device.Device;
import io.microlith.vmm.memory.MemoryLayer;
import io.microlith.vmm.state.MachineState;
import io.microlith.vmm.state.StatePart;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A machine held by {@link RunControl}, with its devices paused. */
final class FrozenMachine implements FrozenVm {
    private final AssembledVm vm;
    private final RunControl control;
    private final Platform platform;
    private final VcpuCrew crew;
    private final Deque<Device> paused = new ArrayDeque<>();
    private boolean open = true;

    private FrozenMachine(AssembledVm vm, RunControl control, Platform platform, VcpuCrew crew) {
        this.vm = vm;
        this.control = control;
        this.platform = platform;
        this.crew = crew;
    }

    static FrozenMachine freeze(AssembledVm vm, RunControl control, Platform platform, VcpuCrew crew) {
        control.hold();
        FrozenMachine frozen = new FrozenMachine(vm, control, platform, crew);
        boolean done = false;
        try {
            frozen.pauseDevices();
            done = true;
        } finally {
            if (!done) {
                frozen.close();
            }
        }
        return frozen;
    }

    private void pauseDevices() {
        if (vm.devicesWait()) {
            return;
        }
        for (Device device : platform.devices()) {
            device.pause();
            paused.push(device);
        }
    }

    @Override
    public Vm vm() {
        return vm;
    }

    @Override
    public MachineState save() {
        requireOpen();
        // Interrupt controllers before the local APICs of vCPUs: a timer of the kernel's that fires in between is then
        // in what is read later, and not lost.
        List<StatePart> parts = new ArrayList<>(platform.save());
        StatePart[] vcpus = new StatePart[vm.config().vcpus()];
        control.onParked(index -> vcpus[index] = platform.save(crew.vcpu(index)));
        parts.addAll(Arrays.asList(vcpus));
        return MachineState.of(parts);
    }

    @Override
    public Optional<BitSet> changedSince(UUID moment) {
        requireOpen();
        return vm.journal().changedSince(moment);
    }

    @Override
    public void mark(UUID moment) {
        requireOpen();
        vm.journal().mark(moment);
    }

    @Override
    public MemoryLayer layer() {
        requireOpen();
        return vm.layer();
    }

    @Override
    public void become(Restoration saved) {
        become(saved, Optional.empty());
    }

    @Override
    public void become(Restoration saved, CloneIdentity who) {
        become(saved, Optional.of(who));
    }

    private void become(Restoration saved, Optional<CloneIdentity> who) {
        requireOpen();
        vm.show(saved, who);
        // They are closed now; those that are made in their place are paused.
        paused.clear();
        vm.rebuild(saved.state(), who);
        if (!vm.devicesWait()) {
            platform.devices().forEach(paused::push);
        }
    }

    private void requireOpen() {
        if (!open) {
            throw new IllegalStateException("VM " + vm.config().id() + " was let go on");
        }
    }

    @Override
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        try {
            while (!paused.isEmpty()) {
                paused.pop().resume();
            }
        } finally {
            control.release();
        }
    }
}
