// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.boot;

import io.microlith.vmm.Board;
import io.microlith.vmm.BoardContext;
import io.microlith.vmm.CloneIdentity;
import io.microlith.vmm.HostDifference;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Platform;
import io.microlith.vmm.Vcpu;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.MachineState;
import io.microlith.vmm.state.StatePart;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A board as it is, and a mark on the vCPU's own thread before its first {@code KVM_RUN}: when the kernel is loaded and
 * the vCPU powered on.
 *
 * @param board the board
 * @param mark run at the mark
 */
record MarkedBoard(Board board, Runnable mark) implements Board {
    @Override
    public boolean fits(Hypervisor hypervisor) {
        return board.fits(hypervisor);
    }

    @Override
    public List<HostDifference> differences(Hypervisor hypervisor, MachineState saved) {
        return board.differences(hypervisor, saved);
    }

    @Override
    public Set<DeviceId> ownDevices(MachineState saved) {
        return board.ownDevices(saved);
    }

    @Override
    public Set<CloneIdentity.Aspect> aspects(MachineState saved) {
        return board.aspects(saved);
    }

    @Override
    public List<AddressRange> ram(Size memory) {
        return board.ram(memory);
    }

    @Override
    public Platform assemble(BoardContext context) {
        return new MarkedPlatform(board.assemble(context), mark);
    }

    private record MarkedPlatform(Platform platform, Runnable mark) implements Platform {
        @Override
        public List<Device> devices() {
            return platform.devices();
        }

        @Override
        public void admit(Vcpu vcpu) {
            platform.admit(vcpu);
        }

        @Override
        public void become(MachineState saved, Optional<CloneIdentity> who) {
            platform.become(saved, who);
        }

        @Override
        public void addDevices() {
            platform.addDevices();
        }

        @Override
        public void powerOn() {
            platform.powerOn();
        }

        @Override
        public void powerOn(Vcpu vcpu) {
            platform.powerOn(vcpu);
            mark.run();
        }

        @Override
        public List<StatePart> save() {
            return platform.save();
        }

        @Override
        public StatePart save(Vcpu vcpu) {
            return platform.save(vcpu);
        }

        @Override
        public void close() {
            platform.close();
        }
    }
}
