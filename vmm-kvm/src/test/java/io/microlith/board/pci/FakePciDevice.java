// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.bus.pci.PciBar;
import io.microlith.vmm.bus.pci.PciBarListener;
import io.microlith.vmm.bus.pci.PciBus;
import io.microlith.vmm.bus.pci.PciConfigSpace;
import io.microlith.vmm.bus.pci.PciDevice;
import io.microlith.vmm.bus.pci.PciHeader;
import io.microlith.vmm.bus.pci.PciIdentity;
import io.microlith.vmm.bus.pci.PciPin;
import java.util.List;

/** A function written as a device author would: BARs that answer with their index, wherever the guest puts them. */
final class FakePciDevice implements PciDevice {
    static final int VENDOR = 0x1af4;
    static final int DEVICE = 0x10ff;

    final PciConfigSpace config;

    FakePciDevice(PciBus bus, PciPin pin, PciBar... bars) {
        config = new PciConfigSpace(
                new PciHeader(new PciIdentity(VENDOR, DEVICE, 0xff0000, 0, 0, 0), pin, List.of(bars), List.of()));
        Answer[] answers = new Answer[6];
        for (int i = 0; i < answers.length; i++) {
            answers[i] = new Answer(i);
        }
        config.connect(new PciBarListener() {
            @Override
            public void mapped(PciBar bar, AddressRange range) {
                if (bar.kind() == PciBar.Kind.PORTS) {
                    bus.mapPorts(range, answers[bar.index()]);
                } else {
                    bus.mapMemory(range, answers[bar.index()]);
                }
            }

            @Override
            public void unmapped(PciBar bar, AddressRange range) {
                if (bar.kind() == PciBar.Kind.PORTS) {
                    bus.unmapPorts(range, answers[bar.index()]);
                } else {
                    bus.unmapMemory(range, answers[bar.index()]);
                }
            }
        });
    }

    @Override
    public int readConfig(int offset, int size) {
        return config.read(offset, size);
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        config.write(offset, size, value);
    }

    /** Where a BAR answers. */
    AddressRange mapping(PciBar bar) {
        return config.mapping(bar).orElseThrow();
    }

    private record Answer(int index) implements MmioDevice, PioDevice {
        @Override
        public long read(long offset, int size) {
            return index;
        }

        @Override
        public void write(long offset, int size, long value) {}

        @Override
        public int read(int offset, int size) {
            return index;
        }

        @Override
        public void write(int offset, int size, int value) {}
    }
}
