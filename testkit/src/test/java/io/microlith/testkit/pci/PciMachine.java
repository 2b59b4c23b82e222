// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit.pci;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.FakePciBus;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.BusHandler;
import io.microlith.vmm.bus.pci.PciBar;
import io.microlith.vmm.bus.pci.PciConfigSpace;
import io.microlith.vmm.bus.pci.PciConfigState;
import io.microlith.vmm.bus.pci.PciHeader;
import io.microlith.vmm.bus.pci.PciIdentity;
import io.microlith.vmm.bus.pci.PciPin;
import io.microlith.vmm.device.pci.PciBarRegions;
import io.microlith.vmm.device.pci.PciFunction;
import io.microlith.vmm.device.pci.PciMsix;
import io.microlith.vmm.device.pci.PciMsixLayout;
import io.microlith.vmm.device.pci.PciMsixState;
import java.util.List;
import java.util.Map;

/** A function with three interrupts, and the hands of a driver on it. */
final class PciMachine implements AutoCloseable {
    static final PciMsixLayout LAYOUT = new PciMsixLayout(3, 0, 0x0, 0x800);
    static final PciBar BAR = new PciBar(0, PciBar.Kind.MEMORY_64, 0x2000);
    static final PciHeader HEADER = new PciHeader(
            new PciIdentity(0x1af4, 0x10ff, 0xff0000, 0, 0, 0),
            PciPin.NONE,
            List.of(BAR),
            List.of(LAYOUT.capability()));
    static final long ADDRESS = 0xc000_0000L;
    static final int ENABLE = 0x8000;
    static final int FUNCTION_MASK = 0x4000;

    private static final int COMMAND = 0x04;
    static final int DECODE_AND_MASTER = 6;
    private static final int BAR0 = 0x10;
    private static final int DEVICE = 1;

    final FakeDeviceContext context = new FakeDeviceContext("function");
    final FakePciBus bus = context.pciBus();
    final PciConfigSpace config;
    final PciMsix msix;
    final PciBarRegions regions;
    final PciFunction function;

    /** With the BAR placed and the function a bus master. */
    PciMachine() {
        this(new PciConfigSpace(HEADER).save(), PciMsixState.atPowerOn(LAYOUT));
        bus.writeConfig(DEVICE, BAR0, 4, (int) ADDRESS);
        bus.writeConfig(DEVICE, COMMAND, 2, DECODE_AND_MASTER);
    }

    PciMachine(PciConfigState configState, PciMsixState msixState) {
        config = new PciConfigSpace(HEADER, configState);
        msix = new PciMsix(LAYOUT, context, msixState);
        regions = new PciBarRegions(
                context,
                List.of(
                        new BusHandler<>(LAYOUT.table(), msix.table()),
                        new BusHandler<>(LAYOUT.pending(), msix.pending())));
        function = new PciFunction(bus, config, msix, Map.of(BAR, regions));
        bus.attach(function);
    }

    /** Writes message control. */
    void control(int value) {
        bus.writeConfig(DEVICE, HEADER.offsetOf(0) + 2, 2, value);
    }

    /** Writes the command register. */
    void command(int value) {
        bus.writeConfig(DEVICE, COMMAND, 2, value);
    }

    /** Moves the BAR. */
    void move(long address) {
        bus.writeConfig(DEVICE, BAR0, 4, (int) address);
    }

    /** Programs a vector and unmasks it. */
    void program(int vector, long address, int data) {
        context.store(ADDRESS + 16L * vector, 8, address);
        context.store(ADDRESS + 16L * vector + 8, 4, data);
        mask(vector, 0);
    }

    /** Writes a vector's control register. */
    void mask(int vector, int value) {
        context.store(ADDRESS + 16L * vector + 12, 4, value);
    }

    /** Reads the pending bits. */
    long pending() {
        return context.load(ADDRESS + LAYOUT.pendingOffset(), 8);
    }

    /** What reached the guest of a vector. */
    List<String> messages(int vector) {
        return context.msiRoutes().get(vector).messages();
    }

    /** Where the BAR answers. */
    List<AddressRange> windows() {
        return context.windows();
    }

    @Override
    public void close() {
        function.close();
        context.close();
    }
}
