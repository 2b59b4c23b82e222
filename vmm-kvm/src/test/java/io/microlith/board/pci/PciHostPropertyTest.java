// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.pci.PciBar;
import io.microlith.vmm.bus.pci.PciBar.Kind;
import io.microlith.vmm.bus.pci.PciPin;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** A guest does whatever it likes with the host bridge. */
class PciHostPropertyTest {
    /** One access of a guest, to ports or to memory. */
    record Access(boolean port, boolean write, long offset, int size, long value) {
        void run(PciMachine machine) {
            if (port) {
                int at = (int) (PciHostBridge.CONFIG_PORTS.base() + Math.min(offset % 8, 8 - Math.min(size, 4)));
                int width = Integer.highestOneBit(Math.min(size, 4));
                if (write) {
                    machine.out(at, width, (int) (value & mask(width)));
                } else {
                    assertThat(Integer.toUnsignedLong(machine.in(at, width))).isLessThanOrEqualTo(mask(width));
                }
            } else {
                long at = PciMachine.ECAM.base() + Math.min(offset, PciMachine.ECAM.size() - size);
                if (write) {
                    machine.store(at, size, value & mask(size));
                } else {
                    assertThat(machine.load(at, size) & ~mask(size)).isZero();
                }
            }
        }
    }

    @Provide
    Arbitrary<List<Access>> accesses() {
        Arbitrary<Long> offsets = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 0x40),
                Arbitraries.longs().between(0x8000, 0x8040),
                Arbitraries.longs().between(0, PciHostBridge.ECAM_SIZE - 1));
        Arbitrary<Long> values = Arbitraries.oneOf(
                Arbitraries.longs(),
                Arbitraries.of(0L, 3L, 0x8000_0804L, 0x8000_0810L, 0xc000_0000L, 0xc000_c020L, 0xffff_ffffL));
        return Combinators.combine(
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        offsets,
                        Arbitraries.integers().between(1, 8),
                        values)
                .as(Access::new)
                .list()
                .ofMaxSize(60);
    }

    @Property(tries = 150)
    void anyAccesses_areAnsweredAndLeaveAStateThatCanBeRestored(@ForAll("accesses") List<Access> accesses) {
        PciMachine machine = machine();
        accesses.forEach(access -> access.run(machine));
        PciHostState saved = machine.bridge.save();
        assertThat(new PciMachine(saved).bridge.save()).isEqualTo(saved);
    }

    @Property(tries = 150)
    void anyAccesses_neverTakeTheBoardsAddresses(@ForAll("accesses") List<Access> accesses) {
        PciMachine machine = machine();
        accesses.forEach(access -> access.run(machine));
        assertThat(machine.pio.ranges()).contains(PciHostBridge.CONFIG_PORTS).hasSizeLessThanOrEqualTo(2);
        assertThat(machine.mmio.ranges()).contains(PciMachine.ECAM).hasSizeLessThanOrEqualTo(3);
    }

    @Property(tries = 100)
    void setup_anyBars_arePlacedApartAndAligned(@ForAll("bars") List<PciBar> bars) {
        PciMachine machine = new PciMachine();
        List<FakePciDevice> devices = new ArrayList<>();
        for (PciBar bar : bars) {
            FakePciDevice device = new FakePciDevice(machine.segment, PciPin.A, bar);
            devices.add(device);
            machine.segment.attach(device);
        }
        new PciSetup(machine.segment, PciMachine.WINDOWS).run();
        List<AddressRange> all = new ArrayList<>(machine.mmio.ranges());
        all.addAll(machine.pio.ranges());
        for (int i = 0; i < bars.size(); i++) {
            AddressRange range = devices.get(i).mapping(bars.get(i));
            assertThat(range.base() % range.size()).isZero();
            assertThat(all).contains(range);
        }
        assertThat(all).hasSize(bars.size() + 2);
    }

    @Provide
    Arbitrary<List<PciBar>> bars() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.of(Kind.values()),
                        Arbitraries.integers().between(4, 22))
                .as((index, kind, bits) ->
                        new PciBar(index, kind, 1L << (kind == Kind.PORTS ? Math.min(bits, 8) : bits)))
                .list()
                .ofMaxSize(31);
    }

    @Property(tries = 100)
    void ecam_wideOrMisaligned_isItsBytes(
            @ForAll @LongRange(max = PciHostBridge.ECAM_SIZE - 8) long offset,
            @ForAll @IntRange(min = 1, max = 8) int size) {
        PciMachine machine = machine();
        long bytes = 0;
        for (int i = size - 1; i >= 0; i--) {
            bytes = bytes << 8 | machine.load(PciMachine.ECAM.base() + offset + i, 1);
        }
        assertThat(machine.load(PciMachine.ECAM.base() + offset, size)).isEqualTo(bytes);
    }

    /** The bridge, and a device with BARs in both spaces. */
    private static PciMachine machine() {
        PciMachine machine = new PciMachine();
        machine.attachDevice();
        return machine;
    }

    private static long mask(int size) {
        return size == 8 ? -1 : (1L << (8 * size)) - 1;
    }
}
