// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.Board;
import io.microlith.vmm.BoardContext;
import io.microlith.vmm.CloneIdentity;
import io.microlith.vmm.HostDifference;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Platform;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.MachineState;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;

/**
 * A board for a {@link FakeHypervisor}: RAM at address 0, the devices the embedder asked for, and a {@link FakeGuest}
 * to start. Any thread; a test may set hooks at any time.
 */
public final class FakeBoard implements Board {
    private final List<FakePlatform> platforms = new CopyOnWriteArrayList<>();
    private volatile Runnable powerOn = () -> {};
    private volatile IntConsumer vcpuPowerOn = _ -> {};
    private volatile IntConsumer vcpuAdmission = _ -> {};

    private volatile List<HostDifference> differences = List.of();
    private volatile Set<CloneIdentity.Aspect> aspects = Set.of();

    /** Makes the plan. */
    public FakeBoard() {}

    /** Runs with every power-on of a platform, on the thread that does it. */
    public FakeBoard onPowerOn(Runnable hook) {
        powerOn = hook;
        return this;
    }

    /** Runs with every power-on of a vCPU, on its thread, with its index. */
    public FakeBoard onVcpuPowerOn(IntConsumer hook) {
        vcpuPowerOn = hook;
        return this;
    }

    /** Runs when a vCPU is admitted to the machine that is being built, on its thread, with its index. */
    public FakeBoard onVcpuAdmission(IntConsumer hook) {
        vcpuAdmission = hook;
        return this;
    }

    /** What {@link #differences} says of any host, until it is told otherwise. */
    public FakeBoard lacking(HostDifference... found) {
        differences = List.of(found);
        return this;
    }

    /** What of an identity it has a place for, until it is told otherwise. */
    public FakeBoard identifying(CloneIdentity.Aspect... places) {
        aspects = Set.of(places);
        return this;
    }

    IntConsumer vcpuAdmissionHook() {
        return vcpuAdmission;
    }

    Runnable powerOnHook() {
        return powerOn;
    }

    IntConsumer vcpuPowerOnHook() {
        return vcpuPowerOn;
    }

    @Override
    public boolean fits(Hypervisor hypervisor) {
        return hypervisor instanceof FakeHypervisor;
    }

    @Override
    public List<HostDifference> differences(Hypervisor hypervisor, MachineState saved) {
        return differences;
    }

    @Override
    public Set<CloneIdentity.Aspect> aspects(MachineState saved) {
        return aspects;
    }

    @Override
    public List<AddressRange> ram(Size memory) {
        return List.of(new AddressRange(0, memory.bytes()));
    }

    @Override
    public Platform assemble(BoardContext context) {
        FakePlatform platform = new FakePlatform(this, context);
        platforms.add(platform);
        return platform;
    }

    /** The platform assembled last. */
    public FakePlatform platform() {
        return platforms.getLast();
    }

    @Override
    public String toString() {
        return "fake board";
    }
}
