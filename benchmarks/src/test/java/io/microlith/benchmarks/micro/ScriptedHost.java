// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.micro;

import io.microlith.vmm.Board;
import io.microlith.vmm.BoardContext;
import io.microlith.vmm.Capability;
import io.microlith.vmm.CloneIdentity;
import io.microlith.vmm.HostDifference;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.HypervisorVm;
import io.microlith.vmm.Platform;
import io.microlith.vmm.Vcpu;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.event.InterruptLine;
import io.microlith.vmm.event.MsiRoute;
import io.microlith.vmm.event.MsiVector;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.MachineState;
import io.microlith.vmm.state.StatePart;
import java.util.List;
import java.util.Optional;

/**
 * A host, a VM and a board with nothing in them but one scripted vCPU.
 *
 * @param vcpu the vCPU
 */
record ScriptedHost(ScriptedVcpu vcpu) implements Hypervisor, HypervisorVm, Board, Platform {
    private static UnsupportedOperationException nothing() {
        return new UnsupportedOperationException("the scripted host has no interrupts");
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public boolean supports(Capability capability) {
        return false;
    }

    @Override
    public int maxVcpus() {
        return 1;
    }

    @Override
    public HypervisorVm createVm(String id) {
        return this;
    }

    @Override
    public String id() {
        return "scripted";
    }

    @Override
    public void attachMemory(GuestMemory memory) {
        // The script does not look at it.
    }

    @Override
    public Vcpu createVcpu(int index) {
        return vcpu;
    }

    @Override
    public InterruptLine interruptLine(int gsi) {
        throw nothing();
    }

    @Override
    public MsiVector msiVector(long address, int data) {
        throw nothing();
    }

    @Override
    public MsiRoute msiRoute() {
        throw nothing();
    }

    @Override
    public Registration mapMemory(GuestRegion region) {
        throw nothing();
    }

    @Override
    public Registration mapReadOnlyMemory(GuestRegion region) {
        throw nothing();
    }

    @Override
    public Registration bind(IoEvent event, Notifier notifier) {
        throw nothing();
    }

    @Override
    public Registration bind(int gsi, Notifier notifier) {
        throw nothing();
    }

    @Override
    public boolean fits(Hypervisor hypervisor) {
        return true;
    }

    @Override
    public List<HostDifference> differences(Hypervisor hypervisor, MachineState saved) {
        return List.of();
    }

    @Override
    public List<AddressRange> ram(Size memory) {
        return List.of(new AddressRange(0, memory.bytes()));
    }

    @Override
    public Platform assemble(BoardContext context) {
        return this;
    }

    @Override
    public List<Device> devices() {
        return List.of();
    }

    @Override
    public void admit(Vcpu vcpu) {}

    @Override
    public void addDevices() {}

    @Override
    public void powerOn() {
        // Nothing to load.
    }

    @Override
    public void powerOn(Vcpu vcpu) {
        // Nor to set.
    }

    @Override
    public List<StatePart> save() {
        return List.of();
    }

    @Override
    public void become(MachineState saved, Optional<CloneIdentity> who) {
        throw new UnsupportedOperationException("nothing is saved here");
    }

    @Override
    public StatePart save(Vcpu its) {
        throw new UnsupportedOperationException("the scripted vCPU has no state");
    }

    @Override
    public void close() {
        // Nor to close.
    }
}
