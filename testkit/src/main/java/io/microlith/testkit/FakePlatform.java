// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.BoardContext;
import io.microlith.vmm.CloneIdentity;
import io.microlith.vmm.DeviceParts;
import io.microlith.vmm.Platform;
import io.microlith.vmm.Vcpu;
import io.microlith.vmm.bus.ClearableBus;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.MachineState;
import io.microlith.vmm.state.StatePart;
import io.microlith.vmm.state.StateWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** What {@link FakeBoard} built around one VM. Any thread. */
public final class FakePlatform implements Platform {
    private final FakeBoard board;
    private final FakeGuest guest;
    private final ClearableBus<MmioDevice> mmio;
    private final ClearableBus<PioDevice> pio;
    private BoardContext context;
    private FakePciBus pciBus;
    private FakeBoardResources resources;
    private final List<Device> devices = new CopyOnWriteArrayList<>();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final AtomicInteger powerOns = new AtomicInteger();
    private volatile boolean closed;

    FakePlatform(FakeBoard board, BoardContext context) {
        this.board = board;
        mmio = new ClearableBus<>(context.mmio());
        pio = new ClearableBus<>(context.pio());
        this.context = context.onBuses(mmio, pio);
        guest = guest(context);
        pciBus = new FakePciBus(mmio, pio);
        resources = new FakeBoardResources(pciBus);
    }

    private static FakeGuest guest(BoardContext context) {
        if (context.boot().isEmpty()) {
            return FakeGuest.idle();
        }
        if (context.boot().get() instanceof FakeGuest guest) {
            return guest;
        }
        throw new ConfigException(
                "boot", context.boot().get().describe() + " is nothing the fake board can start: give it a FakeGuest");
    }

    @Override
    public void admit(Vcpu vcpu) {
        board.vcpuAdmissionHook().accept(vcpu.index());
    }

    @Override
    public void become(MachineState saved, Optional<CloneIdentity> who) {
        closeDevices();
        mmio.clear();
        pio.clear();
        context = context.restoring(saved, who);
        pciBus = new FakePciBus(mmio, pio);
        resources = new FakeBoardResources(pciBus);
        addDevices();
        log.add("become");
    }

    @Override
    public void addDevices() {
        context.devices().forEach((id, spec) -> devices.add(DeviceParts.make(id, spec, context, resources)));
    }

    @Override
    public List<Device> devices() {
        return List.copyOf(devices);
    }

    @Override
    public void powerOn() {
        vcpusFollow();
        log.add("platform");
        powerOns.incrementAndGet();
        board.powerOnHook().run();
        if (context.saved().isEmpty()) {
            devices.forEach(Device::reset);
        }
        vcpusFollow();
    }

    private void vcpusFollow() {
        ((FakeHypervisorVm) context.vm()).vcpus().forEach(FakeVcpu::platformPoweredOn);
    }

    @Override
    public void powerOn(Vcpu vcpu) {
        log.add("vcpu" + vcpu.index());
        board.vcpuPowerOnHook().accept(vcpu.index());
        ((FakeVcpu) vcpu).start(guest.program(vcpu.index()));
    }

    @Override
    public List<StatePart> save() {
        return devices.stream().map(DeviceParts::save).toList();
    }

    /** A scripted vCPU has no state but its number. */
    @Override
    public StatePart save(Vcpu vcpu) {
        log.add("save vcpu" + vcpu.index());
        return StatePart.of("vcpu." + vcpu.index(), new FakeVcpuState(vcpu.index()));
    }

    private record FakeVcpuState(int index) implements DeviceState {
        @Override
        public int version() {
            return 1;
        }

        @Override
        public void writeTo(StateWriter writer) {
            writer.putLong(1, index);
        }
    }

    /** How often the platform was powered on. */
    public int powerOns() {
        return powerOns.get();
    }

    /** The power-ons so far, in order: {@code platform}, {@code vcpu0} and so on. */
    public List<String> log() {
        return List.copyOf(log);
    }

    /** Who the machine was told to be, if it was. */
    public Optional<CloneIdentity> identity() {
        return context.identity();
    }

    /** What devices had described. */
    public List<FirmwareNode> nodes() {
        return resources.nodes();
    }

    /** The PCI bus that devices get. */
    public FakePciBus pciBus() {
        return pciBus;
    }

    /** Whether the platform was closed. */
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closeDevices();
        closed = true;
    }

    private void closeDevices() {
        devices.reversed().forEach(Device::close);
        devices.clear();
    }
}
