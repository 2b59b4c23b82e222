// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.bell;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.microlith.linux.Mapping;
import io.microlith.vmm.bus.BusHandler;
import io.microlith.vmm.bus.pci.PciAddress;
import io.microlith.vmm.bus.pci.PciBar;
import io.microlith.vmm.bus.pci.PciConfigSpace;
import io.microlith.vmm.bus.pci.PciHeader;
import io.microlith.vmm.bus.pci.PciIdentity;
import io.microlith.vmm.bus.pci.PciPin;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.device.pci.PciBarMemory;
import io.microlith.vmm.device.pci.PciBarRegions;
import io.microlith.vmm.device.pci.PciFunction;
import io.microlith.vmm.device.pci.PciMsix;
import io.microlith.vmm.device.pci.PciMsixLayout;
import io.microlith.vmm.device.pci.PciMsixState;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.Snapshotable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/**
 * A bell on the PCI bus. BAR 0 has the interrupt table at 0, its pending bits at 0x800, and at 0x1000 a register of
 * four bytes: what is written there rings a notifier, and the device's event loop answers with interrupt 0. BAR 2 is
 * memory that the guest and this process share.
 *
 * <p>Neither the bell nor the answer is an exit.
 */
public final class BellDevice implements Device, Snapshotable<BellState> {
    private static final PciIdentity IDENTITY = new PciIdentity(0x1b36, 0x00ff, 0xff0000, 1, 0x1af4, 0x1100);
    private static final PciMsixLayout INTERRUPTS = new PciMsixLayout(2, 0, 0, 0x800);
    private static final PciBar REGISTERS = new PciBar(0, PciBar.Kind.MEMORY_64, 0x2000);
    private static final IoEvent BELL = IoEvent.mmio(0x1000, Integer.BYTES);
    private static final long PAGE = 4096;

    private final DeviceId id;
    private final DeviceContext context;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final Notifier bell;
    private final PciConfigSpace config;
    private final PciMsix msix;
    private final PciFunction function;
    private final PciAddress address;
    private final Registration doorbell;
    private final Registration handler;

    BellDevice(BellConfig settings, DeviceContext context) {
        this(settings, context, atPowerOn(settings));
    }

    BellDevice(BellConfig settings, DeviceContext context, BellState state) {
        state.check(settings.memory());
        this.context = context;
        id = context.id();
        config = new PciConfigSpace(header(settings), state.config());
        msix = new PciMsix(INTERRUPTS, context, state.msix());
        memory = Mapping.anonymous(settings.memory().bytes(), PAGE, arena);
        MemorySegment.copy(state.memory().toByteArray(), 0, memory, JAVA_BYTE, 0, (int) memory.byteSize());
        PciBarRegions registers = new PciBarRegions(
                context,
                List.of(
                        new BusHandler<>(INTERRUPTS.table(), msix.table()),
                        new BusHandler<>(INTERRUPTS.pending(), msix.pending())));
        bell = Notifier.create();
        doorbell = registers.bind(BELL, bell);
        handler = context.eventLoop().onSignal(bell, () -> msix.signal(0));
        function = new PciFunction(
                context.pciBus(),
                config,
                msix,
                Map.of(REGISTERS, registers, memoryBar(settings), new PciBarMemory(context, memory)));
        address = context.pciBus().attach(function);
    }

    private static BellState atPowerOn(BellConfig settings) {
        return new BellState(
                new PciConfigSpace(header(settings)).save(),
                PciMsixState.atPowerOn(INTERRUPTS),
                ByteString.of(new byte[(int) settings.memory().bytes()]));
    }

    private static PciBar memoryBar(BellConfig settings) {
        return new PciBar(2, PciBar.Kind.PREFETCHABLE_64, settings.memory().bytes());
    }

    private static PciHeader header(BellConfig settings) {
        return new PciHeader(
                IDENTITY, PciPin.NONE, List.of(REGISTERS, memoryBar(settings)), List.of(INTERRUPTS.capability()));
    }

    /** The memory the guest sees as BAR 2. It lives until the device is closed. */
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public BellState save() {
        return new BellState(config.save(), msix.save(), ByteString.of(memory.toArray(JAVA_BYTE)));
    }

    @Override
    public void reset() {
        function.reset();
        memory.fill((byte) 0);
        var _ = bell.drain();
    }

    @Override
    public void close() {
        handler.close();
        context.pciBus().detach(address);
        function.close();
        doorbell.close();
        bell.close();
        arena.close();
    }
}
