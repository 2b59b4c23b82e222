// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.bus.pci.PciBus;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.device.VmControl;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.event.InterruptLine;
import io.microlith.vmm.event.MsiRoute;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One device's view of a machine, for boards: what it takes is noted in the board's books, and what it does goes to the
 * buses and the interrupt inputs of the VM.
 *
 * <p>Any thread, once the device is made.
 */
public final class BoardDeviceContext implements DeviceContext {
    private final DeviceId id;
    private final BoardContext board;
    private final DeviceResources resources;
    private final Set<Interrupt> taken = ConcurrentHashMap.newKeySet();

    /** One for each input: what a device shares with others, it holds high only once. */
    private final Map<Interrupt, InterruptLine> lines = new ConcurrentHashMap<>();

    /**
     * Makes the view of one device.
     *
     * @param id its name
     * @param board what the board builds with
     * @param resources the books, one for all devices of the machine
     */
    public BoardDeviceContext(DeviceId id, BoardContext board, DeviceResources resources) {
        this.id = id;
        this.board = board;
        this.resources = resources;
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public String vm() {
        return board.config().id();
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
        resources.claim(id, range);
        board.mmio().add(range, handler);
    }

    @Override
    public AddressRange mapMmio(long size, MmioDevice handler) {
        AddressRange range = resources.claimFree(id, size);
        board.mmio().add(range, handler);
        return range;
    }

    @Override
    public Registration mapMemory(GuestRegion region) {
        return board.vm().mapMemory(region);
    }

    @Override
    public Registration mapReadOnlyMemory(GuestRegion region) {
        return board.vm().mapReadOnlyMemory(region);
    }

    @Override
    public AddressRange claimMemory(long size, long alignment) {
        return resources.claimMemory(id, size, alignment);
    }

    @Override
    public void mapPio(AddressRange range, PioDevice handler) {
        board.pio().add(range, handler);
    }

    @Override
    public InterruptLine claim(Interrupt interrupt) {
        resources.claim(id, interrupt);
        taken.add(interrupt);
        return line(interrupt);
    }

    @Override
    public Interrupt claimFree(Trigger trigger) {
        Interrupt interrupt = resources.claimFree(id, trigger);
        taken.add(interrupt);
        return interrupt;
    }

    @Override
    public InterruptLine line(Interrupt interrupt) {
        requireTaken(interrupt);
        return lines.computeIfAbsent(interrupt, input -> board.vm().interruptLine(input.gsi()));
    }

    @Override
    public Registration bind(IoEvent event, Notifier notifier) {
        return board.vm().bind(event, notifier);
    }

    @Override
    public Registration bind(Interrupt interrupt, Notifier notifier) {
        requireTaken(interrupt);
        return board.vm().bind(interrupt.gsi(), notifier);
    }

    @Override
    public MsiRoute msiRoute() {
        return board.vm().msiRoute();
    }

    @Override
    public PciBus pciBus() {
        return resources.pciBus(id);
    }

    @Override
    public void describe(FirmwareNode node) {
        resources.describe(node);
    }

    private void requireTaken(Interrupt interrupt) {
        if (!taken.contains(interrupt)) {
            throw new IllegalArgumentException(id + " did not claim " + interrupt);
        }
    }
}
