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
    private static final String[] IDS = {"PNP0501", "LNRO0005", "QEMU0001", "PNP0B00"};
    private static final String[] BAD_IDS = {"", "ABC", "abcd0001", "ÄÖÜ", "PNP0501\n"};

    private final LongSupplier numbers;
    private long next;
    private long nextPort;

    /** Takes numbers from a source, which gives zeros when it has no more. */
    AnyPlan(LongSupplier numbers) {
        this.numbers = numbers;
    }

    AcpiPlan plan() {
        int firstId = small(400);
        List<Processor> processors = new ArrayList<>();
        int count = small(rarely() ? 5000 : 300);
        for (int i = 0; i < count; i++) {
            processors.add(new Processor(rarely(1000) ? small(400) : firstId + i, small(4)));
        }
        return new AcpiPlan(
                processors,
                list(6, this::affinity),
                interrupts(),
                hardware(),
                chance() ? Optional.of(root()) : Optional.empty(),
                chance() ? Optional.of(new GenerationCounter(number() & -8, interrupt())) : Optional.empty(),
                list(rarely() ? 5000 : 40, this::node));
    }

    /** Where tables are to be; now and then where they cannot be. */
    AddressRange area() {
        return rarely() ? new AddressRange(number(), number()) : TestPlans.AREA;
    }

    private MemoryAffinity affinity() {
        return new MemoryAffinity(range(), rarely() ? -1 : small(1 << 30), chance() ? Plug.FIXED : Plug.HOT_PLUGGABLE);
    }

    private InterruptControllers interrupts() {
        if (chance()) {
            return InterruptControllers.ofPc(small(256), rarely() ? small(17) : 9);
        }
        return new InterruptControllers(
                rarely() ? number() : 0xfee0_0000L,
                rarely() ? number() : (long) small(1 << 20) << 12,
                small(256),
                chance() ? Legacy.PRESENT : Legacy.ABSENT,
                list(2, () -> new InterruptOverride(small(16), interrupt())));
    }

    private FixedHardware hardware() {
        Set<Feature> features = EnumSet.noneOf(Feature.class);
        for (Feature feature : Feature.values()) {
            if (chance()) {
                features.add(feature);
            }
        }
        OptionalInt timer = chance() ? OptionalInt.of(port()) : OptionalInt.empty();
        return new FixedHardware(
                new FixedHardware.Ports(port(), port(), timer),
                small(rarely() ? 20 : 16),
                small(rarely() ? 20 : 8),
                new FixedHardware.ResetPort(port(), small(rarely() ? 300 : 256)),
                features);
    }

    private PciRoot root() {
        Optional<AddressRange> ecam = chance()
                ? Optional.of(rarely() ? range() : new AddressRange(0xb000_0000L, (1L + small(256)) << 20))
                : Optional.empty();
        return new PciRoot(
                ecam,
                new PciWindows(list(3, this::ports), list(3, this::range)),
                new IntxRouting(rarely() ? -1 : small(100)));
    }

    private FirmwareNode node() {
        String id = rarely(200) ? BAD_IDS[small(BAD_IDS.length)] : IDS[small(IDS.length)];
        return new FirmwareNode(id, list(3, this::range), list(3, this::ports), list(3, this::interrupt));
    }

    private Interrupt interrupt() {
        return new Interrupt(rarely(200) ? -1 : small(30), chance() ? Trigger.EDGE : Trigger.LEVEL);
    }

    private int port() {
        return rarely() ? small(1 << 20) - 1 : 1 + small(0xfff0);
    }

    private AddressRange ports() {
        return rarely(200) ? new AddressRange(small(0x10010), 1 + small(0x200)) : new AddressRange(nextPort(), 0x20);
    }

    /** Mostly somewhere behind the range before, so that it does not overlap that. */
    private AddressRange range() {
        if (rarely(200)) {
            return new AddressRange(number(), number());
        }
        long base = next;
        long size = (1L + small(1 << 10)) << 12;
        next += size + ((long) small(1 << 8) << 24);
        return new AddressRange(base, size);
    }

    private long nextPort() {
        nextPort = (nextPort + 0x20) & 0xffff;
        return nextPort;
    }

    private <T> List<T> list(int most, Supplier<T> element) {
        List<T> list = new ArrayList<>();
        int size = small(most + 1);
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

    private boolean rarely() {
        return rarely(32);
    }

    private boolean rarely(int odds) {
        return small(odds) == odds - 1;
    }
}
