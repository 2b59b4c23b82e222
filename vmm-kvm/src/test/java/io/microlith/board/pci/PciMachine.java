// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import io.microlith.testkit.RecordingVmControl;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.Bus;
import io.microlith.vmm.bus.BusCursor;
import io.microlith.vmm.bus.CowBus;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.bus.pci.PciBar;
import io.microlith.vmm.bus.pci.PciBar.Kind;
import io.microlith.vmm.bus.pci.PciPin;
import io.microlith.vmm.device.DeviceId;
import java.util.List;

/** Buses and a host bridge, and the hands of a guest on them. */
final class PciMachine {
    static final AddressRange ECAM = new AddressRange(0xe000_0000L, PciHostBridge.ECAM_SIZE);
    static final PciWindows WINDOWS = new PciWindows(
            List.of(new AddressRange(0xc000, 0x4000)),
            List.of(new AddressRange(0xc000_0000L, 0x1000_0000), new AddressRange(0x10_0000_0000L, 1L << 35)));

    final Bus<MmioDevice> mmio = new CowBus<>("mmio");
    final Bus<PioDevice> pio = new CowBus<>("pio");
    final RecordingVmControl control = new RecordingVmControl();
    final PciSegment segment = new PciSegment(mmio, pio, WINDOWS, IntxRouting.afterLegacy());
    final PciHostBridge bridge;

    PciMachine() {
        bridge = new PciHostBridge(new DeviceId("pci-host", 0), segment, control);
        map();
    }

    PciMachine(PciHostState state) {
        bridge = new PciHostBridge(new DeviceId("pci-host", 0), segment, control, state);
        map();
    }

    /** Attaches a device with BARs in both spaces. */
    void attachDevice() {
        segment.attach(new FakePciDevice(
                segment,
                PciPin.A,
                new PciBar(0, Kind.MEMORY_32, 0x1000),
                new PciBar(1, Kind.PORTS, 0x20),
                new PciBar(2, Kind.MEMORY_64, 0x4000)));
    }

    private void map() {
        pio.add(PciHostBridge.CONFIG_PORTS, bridge.configPorts());
        mmio.add(ECAM, bridge.ecam());
    }

    /** Reads a port, as a vCPU does. */
    int in(int port, int size) {
        BusCursor<PioDevice> cursor = pio.cursor();
        return cursor.seek(port, size)
                ? cursor.device().read((int) cursor.offset(), size)
                : (int) ((1L << (8 * size)) - 1);
    }

    /** Writes a port. */
    void out(int port, int size, int value) {
        BusCursor<PioDevice> cursor = pio.cursor();
        if (cursor.seek(port, size)) {
            cursor.device().write((int) cursor.offset(), size, value);
        }
    }

    /** Reads memory-mapped I/O. */
    long load(long address, int size) {
        BusCursor<MmioDevice> cursor = mmio.cursor();
        return cursor.seek(address, size) ? cursor.device().read(cursor.offset(), size) : -1;
    }

    /** Writes memory-mapped I/O. */
    void store(long address, int size, long value) {
        BusCursor<MmioDevice> cursor = mmio.cursor();
        if (cursor.seek(address, size)) {
            cursor.device().write(cursor.offset(), size, value);
        }
    }

    /** Reads a register of a device on bus 0 through the configuration ports. */
    int configRead(int device, int register) {
        out(0xcf8, 4, 1 << 31 | device << 11 | register);
        return in(0xcfc, 4);
    }

    /** Writes a register of a device on bus 0 through the configuration ports. */
    void configWrite(int device, int register, int value) {
        out(0xcf8, 4, 1 << 31 | device << 11 | register);
        out(0xcfc, 4, value);
    }
}
