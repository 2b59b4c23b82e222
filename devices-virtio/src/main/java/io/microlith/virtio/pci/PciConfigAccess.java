// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pci;

import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.pci.PciBar;
import io.microlith.vmm.bus.pci.PciDevice;
import io.microlith.vmm.device.pci.PciFunction;
import java.util.Map;

/**
 * The function on its bus, and the window in its configuration space through which a driver that maps no BAR accesses
 * one (VIRTIO 1.2, 4.1.4.9). What the window is pointed at is the guest's choice: an access that no driver may make
 * touches nothing. Any thread.
 */
final class PciConfigAccess implements PciDevice {
    /** From the beginning of the capability. */
    private static final int BAR = 4;

    private static final int OFFSET = 8;
    private static final int LENGTH = 12;
    private static final int DATA = 16;

    private final PciFunction function;
    private final PciInterrupts interrupts;
    private final int capability;
    private final Map<PciBar, MmioDevice> bars;

    /**
     * Wraps a function.
     *
     * @param capability where the window's capability is in configuration space
     * @param bars what is behind each BAR
     */
    PciConfigAccess(
            PciFunction function, PciInterrupts interrupts, int capability, Map<PciBar, ? extends MmioDevice> bars) {
        this.function = function;
        this.interrupts = interrupts;
        this.capability = capability;
        this.bars = Map.copyOf(bars);
    }

    @Override
    public int readConfig(int offset, int size) {
        if (isData(offset)) {
            load();
        }
        return function.readConfig(offset, size);
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        function.writeConfig(offset, size, value);
        if (isData(offset)) {
            store();
        }
        interrupts.update();
    }

    private boolean isData(int offset) {
        return offset >= capability + DATA && offset < capability + DATA + Integer.BYTES;
    }

    private void load() {
        long offset = Integer.toUnsignedLong(function.readConfig(capability + OFFSET, Integer.BYTES));
        int length = function.readConfig(capability + LENGTH, Integer.BYTES);
        bars.forEach((bar, contents) -> {
            if (isAccess(bar, offset, length)) {
                function.writeConfig(capability + DATA, length, (int) contents.read(offset, length));
            }
        });
    }

    private void store() {
        long offset = Integer.toUnsignedLong(function.readConfig(capability + OFFSET, Integer.BYTES));
        int length = function.readConfig(capability + LENGTH, Integer.BYTES);
        bars.forEach((bar, contents) -> {
            if (isAccess(bar, offset, length)) {
                int value = function.readConfig(capability + DATA, length);
                contents.write(offset, length, Integer.toUnsignedLong(value));
            }
        });
    }

    private boolean isAccess(PciBar bar, long offset, int length) {
        boolean whole = length == Byte.BYTES || length == Short.BYTES || length == Integer.BYTES;
        return whole
                && bar.index() == function.readConfig(capability + BAR, Byte.BYTES)
                && offset % length == 0
                && offset <= bar.size() - length;
    }
}
