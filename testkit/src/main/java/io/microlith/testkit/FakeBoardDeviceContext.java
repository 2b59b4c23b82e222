// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.BoardContext;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.device.VmControl;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.event.InterruptLine;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.memory.GuestMemory;

/** One device's view of a {@link FakeBoard} while it is made. */
final class FakeBoardDeviceContext implements DeviceContext {
    private final DeviceId id;
    private final BoardContext board;
    private final FakeBoardResources resources;

    FakeBoardDeviceContext(DeviceId id, BoardContext board, FakeBoardResources resources) {
        this.id = id;
        this.board = board;
        this.resources = resources;
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public GuestMemory memory() {
        return board.memory();
    }

    @Override
    public EventLoop eventLoop() {
        return board.eventLoop();
    }

    @Override
    public VmControl control() {
        return board.control();
    }

    @Override
    public void mapMmio(AddressRange range, MmioDevice handler) {
        board.mmio().add(range, handler);
    }

    @Override
    public AddressRange mapMmio(long size, MmioDevice handler) {
        AddressRange range = new AddressRange(resources.window(size), size);
        board.mmio().add(range, handler);
        return range;
    }

    @Override
    public void mapPio(AddressRange range, PioDevice handler) {
        board.pio().add(range, handler);
    }

    @Override
    public InterruptLine claim(Interrupt interrupt) {
        resources.claim(id, interrupt);
        return line(interrupt);
    }

    @Override
    public Interrupt claimFree(Trigger trigger) {
        return resources.claimFree(id, trigger);
    }

    @Override
    public InterruptLine line(Interrupt interrupt) {
        resources.requireClaimed(id, interrupt);
        return board.vm().interruptLine(interrupt.gsi());
    }

    @Override
    public Registration bind(IoEvent event, Notifier notifier) {
        return board.vm().bind(event, notifier);
    }

    @Override
    public Registration bind(Interrupt interrupt, Notifier notifier) {
        resources.requireClaimed(id, interrupt);
        return board.vm().bind(interrupt.gsi(), notifier);
    }

    @Override
    public void describe(FirmwareNode node) {
        resources.describe(node);
    }
}
