// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.bus.pci.PciAddress;
import java.util.ArrayList;
import java.util.List;

/** Where a machine's only device has registers: in five pieces at most, by numbers without gaps. */
final class GuestPlaces {
    /** The bytes of a piece. */
    private static final int PIECE = 0x80;

    /** The last number of a place. */
    static final int LAST = 5 * PIECE - 1;

    private final FakeDeviceContext machine;
    private final List<Long> pieces;

    private GuestPlaces(FakeDeviceContext machine, List<Long> pieces) {
        this.machine = machine;
        this.pieces = pieces;
    }

    /** Looks for the device. On PCI, its registers are placed. */
    static GuestPlaces in(FakeDeviceContext machine) {
        if (machine.pciBus().functions().isEmpty()) {
            long base = machine.windows().getFirst().base();
            return new GuestPlaces(machine, List.of(base, base + PIECE, base + 0x100, base + 0x180, base + 0xf80));
        }
        if (machine.windows().isEmpty()) {
            // What is not placed has no registers; a driver places it before all else.
            var _ = new GuestDriver(machine);
        }
        List<Long> pieces = new ArrayList<>();
        // The common configuration, the ISR status, the device's configuration, doorbells, vectors.
        machine.windows().stream()
                .map(window -> window.base())
                .min(Long::compare)
                .ifPresent(bar ->
                        List.of(0L, 0x800L, 0x1000L, 0x2000L, 0x3000L).forEach(offset -> pieces.add(bar + offset)));
        return new GuestPlaces(machine, pieces);
    }

    /** The address of a place. */
    long address(int number) {
        return pieces.get(number / PIECE) + number % PIECE;
    }

    /** The number of the place at an address, or -1 if it has none. */
    int number(long address) {
        for (int i = 0; i < pieces.size(); i++) {
            long offset = address - pieces.get(i);
            if (offset >= 0 && offset < PIECE) {
                return i * PIECE + (int) offset;
            }
        }
        return -1;
    }

    /** Writes configuration space, if there is one. */
    void writeConfig(int offset, int size, int value) {
        int width = Math.min(size, Integer.BYTES);
        for (PciAddress address : machine.pciBus().functions().keySet()) {
            machine.pciBus().writeConfig(address.device(), offset & -width, width, value);
        }
    }
}
