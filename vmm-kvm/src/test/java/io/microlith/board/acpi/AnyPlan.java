// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.board.acpi.FixedHardware.Feature;
import io.microlith.board.acpi.InterruptControllers.Legacy;
import io.microlith.board.acpi.MemoryAffinity.Plug;
import io.microlith.board.pci.IntxRouting;
import io.microlith.board.pci.PciWindows;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Makes plans of numbers from anywhere: a generator, or a fuzzer. Many make no plan: they throw what an embedder would
 * be thrown.
 */
final class AnyPlan {
    private static final String[] IDS = {"PNP0501", "LNRO0005", "QEMU0001", "PNP0B00", "ABC", "abcd0001", "ÄÖÜ"};

    private final LongSupplier numbers;

    /** Takes numbers from a source, which gives zeros when it has no more. */
    AnyPlan(LongSupplier numbers) {
        this.numbers = numbers;
    }

    AcpiPlan plan() {
        return new AcpiPlan(
                list(300, () -> new Processor(small(400), small(4))),
                list(6, this::affinity),
                interrupts(),
                hardware(),
                chance() ? Optional.of(root()) : Optional.empty(),
                list(40, this::node));
    }

    /** Where tables are to be; sometimes where they cannot be. */
    AddressRange area() {
        return chance() ? TestPlans.AREA : new AddressRange(number(), number());
    }

    private MemoryAffinity affinity() {
        return new MemoryAffinity(range(), small(8) - 1, chance() ? Plug.FIXED : Plug.HOT_PLUGGABLE);
    }

    private InterruptControllers interrupts() {
        if (chance()) {
            return InterruptControllers.ofPc(small(256), small(16));
        }
        return new InterruptControllers(
                number(),
                number(),
                small(300),
                chance() ? Legacy.PRESENT : Legacy.ABSENT,
                list(4, () -> new InterruptOverride(small(17), interrupt())));
    }

    private FixedHardware hardware() {
        Set<Feature> features = EnumSet.noneOf(Feature.class);
        for (Feature feature : Feature.values()) {
            if (chance()) {
                features.add(feature);
            }
        }
        OptionalInt timer = chance() ? OptionalInt.of(small(0x10010)) : OptionalInt.empty();
        return new FixedHardware(
                new FixedHardware.Ports(small(0x10010), small(0x10010), timer),
                small(17),
                small(9),
                new FixedHardware.ResetPort(small(0x10010), small(0x110)),
                features);
    }

    private PciRoot root() {
        Optional<AddressRange> ecam = chance()
                ? Optional.of(new AddressRange(0xb000_0000L, (1L + small(256)) << 20))
                : chance() ? Optional.of(range()) : Optional.empty();
        return new PciRoot(
                ecam, new PciWindows(list(3, this::ports), list(3, this::range)), new IntxRouting(small(100) - 1));
    }

    private FirmwareNode node() {
        return new FirmwareNode(
                IDS[small(IDS.length)], list(3, this::range), list(3, this::ports), list(3, this::interrupt));
    }

    private Interrupt interrupt() {
        return new Interrupt(small(30) - 1, chance() ? Trigger.EDGE : Trigger.LEVEL);
    }

    private AddressRange ports() {
        return new AddressRange(small(0x10010), 1 + small(0x200));
    }

    private AddressRange range() {
        return chance()
                ? new AddressRange((long) small(1 << 20) << 12, (1L + small(1 << 10)) << 12)
                : new AddressRange(number(), number());
    }

    private <T> List<T> list(int most, Supplier<T> element) {
        List<T> list = new ArrayList<>();
        int size = small(chance() ? 4 : most);
        for (int i = 0; i < size; i++) {
            list.add(element.get());
        }
        return list;
    }

    private long number() {
        return numbers.getAsLong() >>> small(64);
    }

    private int small(int bound) {
        return (int) Long.remainderUnsigned(numbers.getAsLong(), bound);
    }

    private boolean chance() {
        return (numbers.getAsLong() & 1) != 0;
    }
}
