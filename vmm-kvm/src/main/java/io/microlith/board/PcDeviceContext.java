// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

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

/** One device's view of the board while it is made. */
final class PcDeviceContext implements DeviceContext {
    private final DeviceId id;
    private final BoardContext board;
    private final PcResources resources;

    PcDeviceContext(DeviceId id, BoardContext board, PcResources resources) {
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
        resources.windows().claim(id, range);
        board.mmio().add(range, handler);
    }

    @Override
    public AddressRange mapMmio(long size, MmioDevice handler) {
        AddressRange range = resources.windows().claimFree(id, size);
        board.mmio().add(range, handler);
        return range;
    }

    @Override
    public void mapPio(AddressRange range, PioDevice handler) {
        board.pio().add(range, handler);
    }

    @Override
    public InterruptLine claim(Interrupt interrupt) {
        resources.interrupts().claim(id, interrupt);
        return line(interrupt);
    }

    @Override
    public Interrupt claimFree(Trigger trigger) {
        return resources.interrupts().claimFree(id, trigger);
    }

    @Override
    public InterruptLine line(Interrupt interrupt) {
        return board.vm().interruptLine(interrupt.gsi());
    }

    @Override
    public Registration bind(IoEvent event, Notifier notifier) {
        return board.vm().bind(event, notifier);
    }

    @Override
    public Registration bind(Interrupt interrupt, Notifier notifier) {
        return board.vm().bind(interrupt.gsi(), notifier);
    }

    @Override
    public void describe(FirmwareNode node) {
        resources.nodes().add(node);
    }
}
