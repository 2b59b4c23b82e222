// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.Bus;
import io.microlith.vmm.bus.BusHandler;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.bus.pci.PciAddress;
import io.microlith.vmm.bus.pci.PciBus;
import io.microlith.vmm.bus.pci.PciDevice;
import io.microlith.vmm.bus.pci.PciPin;
import io.microlith.vmm.bus.pci.PciPlacedDevice;
import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A PCI bus, and a guest's hands on it: {@link #readConfig} and {@link #writeConfig}. What is mapped answers at its
 * addresses in the {@link FakeDeviceContext} it belongs to; addresses that are taken are refused. Any thread.
 */
public final class FakePciBus implements PciBus {
    private static final int FIRST_DEVICE = 1;
    private static final int LAST_DEVICE = 31;
    private static final int FIRST_GSI = 16;

    private final Bus<MmioDevice> mmio;
    private final Bus<PioDevice> pio;
    private final List<BusHandler<?>> mapped = new ArrayList<>();
    private final Map<PciAddress, PciDevice> functions = new TreeMap<>();
    private volatile GuestWatcher watcher = GuestWatcher.NONE;

    FakePciBus(Bus<MmioDevice> mmio, Bus<PioDevice> pio) {
        this.mmio = mmio;
        this.pio = pio;
    }

    void watch(GuestWatcher other) {
        watcher = other;
    }

    @Override
    public synchronized PciAddress attach(PciDevice device) {
        for (int number = FIRST_DEVICE; number <= LAST_DEVICE; number++) {
            PciAddress address = PciAddress.ofDevice(number);
            if (functions.putIfAbsent(address, device) == null) {
                return address;
            }
        }
        throw new ConfigException("pci", "no room for " + device + ": take devices out");
    }

    @Override
    public synchronized void attach(PciAddress address, PciDevice device) {
        if (functions.putIfAbsent(address, device) != null) {
            throw new ConfigException("pci", address + " is taken: give " + device + " another");
        }
    }

    @Override
    public synchronized boolean detach(PciAddress address) {
        return functions.remove(address) != null;
    }

    @Override
    public int gsi(PciAddress address, PciPin pin) {
        return FIRST_GSI + (address.device() + pin.number() - PciPin.A.number()) % 4;
    }

    @Override
    public synchronized boolean mapMemory(AddressRange range, MmioDevice handler) {
        boolean answers = isAdded(mmio, range, handler);
        if (answers && handler instanceof PciPlacedDevice device) {
            device.placed(range);
        }
        return answers;
    }

    @Override
    public synchronized void unmapMemory(AddressRange range, MmioDevice handler) {
        if (isRemoved(mmio, range, handler) && handler instanceof PciPlacedDevice device) {
            device.displaced(range);
        }
    }

    @Override
    public synchronized boolean mapPorts(AddressRange range, PioDevice handler) {
        return isAdded(pio, range, handler);
    }

    @Override
    public synchronized void unmapPorts(AddressRange range, PioDevice handler) {
        var _ = isRemoved(pio, range, handler);
    }

    private <D> boolean isAdded(Bus<D> space, AddressRange range, D handler) {
        try {
            space.add(range, handler);
            mapped.add(new BusHandler<>(range, handler));
            return true;
        } catch (ConfigException _) {
            return false;
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very handler that was mapped, not one like it
    private <D> boolean isRemoved(Bus<D> space, AddressRange range, D handler) {
        return mapped.removeIf(
                        entry -> entry.device() == handler && entry.range().equals(range))
                && space.remove(range);
    }

    /** The functions there are. */
    public synchronized Map<PciAddress, PciDevice> functions() {
        return Map.copyOf(functions);
    }

    /** The guest reads a register of a device's function 0: all ones if nobody is there. */
    public int readConfig(int device, int offset, int size) {
        PciDevice function = functions().get(PciAddress.ofDevice(device));
        int mask = mask(size);
        return function == null ? mask : function.readConfig(offset, size) & mask;
    }

    /** The guest writes a register of a device's function 0; it is lost if nobody is there. */
    public void writeConfig(int device, int offset, int size, int value) {
        PciDevice function = functions().get(PciAddress.ofDevice(device));
        watcher.onConfigWrite(device, offset, size, value);
        if (function != null) {
            function.writeConfig(offset, size, value & mask(size));
        }
    }

    private static int mask(int size) {
        return size == Integer.BYTES ? -1 : (1 << (size * Byte.SIZE)) - 1;
    }
}
