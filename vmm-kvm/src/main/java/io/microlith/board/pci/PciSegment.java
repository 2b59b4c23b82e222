// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.Bus;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.bus.pci.PciAddress;
import io.microlith.vmm.bus.pci.PciBus;
import io.microlith.vmm.bus.pci.PciDevice;
import io.microlith.vmm.bus.pci.PciPin;
import io.microlith.vmm.error.ConfigException;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * PCI bus 0, the only one, and the routing of configuration accesses to the functions on it. Where no function is,
 * reads give all ones and writes are dropped. Any thread.
 */
public final class PciSegment implements PciBus {
    private static final int DEVICES = 32;
    private static final int FUNCTIONS = 8;
    /** Bytes of configuration space of a function, as memory-mapped configuration space lays it out. */
    private static final int FUNCTION_SIZE = 4096;

    private final BarSpace<MmioDevice> memory;
    private final BarSpace<PioDevice> ports;
    private final IntxRouting routing;
    private final AtomicReferenceArray<@Nullable PciDevice> functions = new AtomicReferenceArray<>(DEVICES * FUNCTIONS);

    /**
     * Makes an empty bus.
     *
     * @param mmio where memory BARs are put
     * @param pio where port BARs are put
     * @param windows where BARs can be
     * @param routing which inputs the interrupt pins are wired to
     */
    public PciSegment(Bus<MmioDevice> mmio, Bus<PioDevice> pio, PciWindows windows, IntxRouting routing) {
        memory = new BarSpace<>(mmio, windows.memory());
        ports = new BarSpace<>(pio, windows.ports());
        this.routing = routing;
    }

    @Override
    public PciAddress attach(PciDevice device) {
        for (int number = 0; number < DEVICES; number++) {
            PciAddress address = PciAddress.ofDevice(number);
            if (functions.compareAndSet(index(address), null, device)) {
                return address;
            }
        }
        throw new ConfigException("pci", "no room for " + device + ": all " + DEVICES + " device numbers are taken");
    }

    @Override
    public void attach(PciAddress address, PciDevice device) {
        if (address.bus() != 0) {
            throw new ConfigException("pci", "no bus for " + device + " at " + address + ": there is only bus 0");
        }
        if (!functions.compareAndSet(index(address), null, device)) {
            throw new ConfigException(
                    "pci", address + " is taken by " + functions.get(index(address)) + ": give " + device + " another");
        }
    }

    @Override
    public boolean detach(PciAddress address) {
        return address.bus() == 0 && functions.getAndSet(index(address), null) != null;
    }

    @Override
    public int gsi(PciAddress address, PciPin pin) {
        return routing.interrupt(address, pin).gsi();
    }

    @Override
    public boolean mapMemory(AddressRange range, MmioDevice handler) {
        return memory.map(range, handler);
    }

    @Override
    public void unmapMemory(AddressRange range, MmioDevice handler) {
        memory.unmap(range, handler);
    }

    @Override
    public boolean mapPorts(AddressRange range, PioDevice handler) {
        return ports.map(range, handler);
    }

    @Override
    public void unmapPorts(AddressRange range, PioDevice handler) {
        ports.unmap(range, handler);
    }

    /** The functions there are, by address. */
    public List<PciAddress> addresses() {
        TreeMap<Integer, PciAddress> found = new TreeMap<>();
        for (int i = 0; i < functions.length(); i++) {
            if (functions.get(i) != null) {
                found.put(i, new PciAddress(0, i / FUNCTIONS, i % FUNCTIONS));
            }
        }
        return List.copyOf(found.values());
    }

    /**
     * Reads configuration space the way memory-mapped configuration space is laid out: bus, device, function and
     * register from high bits to low.
     *
     * @param offset from the start of bus 0
     * @param size 1 to 8 bytes, not necessarily aligned
     */
    long read(long offset, int size) {
        if (size <= 4 && isAligned(offset, size)) {
            return readAligned(offset, size);
        }
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= readAligned(offset + i, 1) << (8 * i);
        }
        return value;
    }

    /** Writes configuration space, laid out as for reading. */
    void write(long offset, int size, long value) {
        if (size <= 4 && isAligned(offset, size)) {
            writeAligned(offset, size, value);
            return;
        }
        for (int i = 0; i < size; i++) {
            writeAligned(offset + i, 1, (value >>> (8 * i)) & 0xff);
        }
    }

    private long readAligned(long offset, int size) {
        long ones = (1L << (8 * size)) - 1;
        PciDevice device = device(offset);
        return device == null ? ones : device.readConfig((int) (offset % FUNCTION_SIZE), size) & ones;
    }

    private void writeAligned(long offset, int size, long value) {
        PciDevice device = device(offset);
        if (device != null) {
            device.writeConfig((int) (offset % FUNCTION_SIZE), size, (int) value);
        }
    }

    private @Nullable PciDevice device(long offset) {
        long index = offset / FUNCTION_SIZE;
        return index < functions.length() ? functions.get((int) index) : null;
    }

    private static boolean isAligned(long offset, int size) {
        return Integer.bitCount(size) == 1 && (offset & size - 1) == 0;
    }

    private static int index(PciAddress address) {
        return address.device() * FUNCTIONS + address.function();
    }
}
