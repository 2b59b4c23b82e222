// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.error.ConfigException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/** Against a map from each address to its device, on an address space of a hundred addresses. */
class CowBusPropertyTest {
    private static final int ADDRESSES = 100;

    /** One change of the bus. */
    record Change(boolean add, AddressRange range) {}

    @Property(tries = 300)
    void seek_afterAnyChanges_agreesWithTheModel(@ForAll @Size(max = 30) List<@From("changes") Change> changes) {
        CowBus<String> bus = new CowBus<>("model");
        BusCursor<String> cursor = bus.cursor();
        Map<Long, String> model = new HashMap<>();
        Map<AddressRange, String> devices = new HashMap<>();
        for (Change change : changes) {
            apply(change, bus, model, devices);
            for (long address = 0; address < ADDRESSES; address++) {
                for (int size = 1; size <= 8; size *= 2) {
                    String expected = expected(model, address, size);
                    assertThat(cursor.seek(address, size)).isEqualTo(expected != null);
                    if (expected != null) {
                        assertThat(cursor.device()).isEqualTo(expected);
                    }
                }
            }
        }
        assertThat(bus.ranges()).containsExactlyInAnyOrderElementsOf(devices.keySet());
    }

    private static void apply(
            Change change, CowBus<String> bus, Map<Long, String> model, Map<AddressRange, String> devices) {
        AddressRange range = change.range();
        if (!change.add()) {
            boolean known = devices.remove(range) != null;
            assertThat(bus.remove(range)).isEqualTo(known);
            if (known) {
                each(range, model::remove);
            }
            return;
        }
        boolean free = devices.keySet().stream().noneMatch(other -> other.overlaps(range));
        boolean added = true;
        try {
            bus.add(range, "device at " + range);
        } catch (ConfigException e) {
            added = false;
        }
        assertThat(added).isEqualTo(free);
        if (free) {
            devices.put(range, "device at " + range);
            each(range, address -> model.put(address, "device at " + range));
        }
    }

    private static void each(AddressRange range, LongConsumer action) {
        for (long address = range.base(); address <= range.last(); address++) {
            action.accept(address);
        }
    }

    private static @Nullable String expected(Map<Long, String> model, long address, int size) {
        String first = model.get(address);
        for (long i = address + 1; i < address + size; i++) {
            if (first == null || !first.equals(model.get(i))) {
                return null;
            }
        }
        return first;
    }

    /** Readers see one table or the other, never a mixture, while devices come and go. */
    @Property(tries = 5)
    void seek_whileDevicesComeAndGo_findsTheRightDeviceOrNone(@ForAll("ranges") AddressRange range) throws Exception {
        CowBus<AddressRange> bus = new CowBus<>("busy");
        AddressRange fixed = new AddressRange(1000, 10);
        bus.add(fixed, fixed);
        AtomicBoolean done = new AtomicBoolean();
        AtomicReference<@Nullable String> wrong = new AtomicReference<>();
        Thread reader = Thread.ofPlatform().start(() -> read(bus, range, fixed, done, wrong));
        for (int i = 0; i < 2_000; i++) {
            bus.add(range, range);
            bus.add(new AddressRange(range.last() + 1, 1), new AddressRange(range.last() + 1, 1));
            bus.remove(range);
            bus.remove(new AddressRange(range.last() + 1, 1));
        }
        done.set(true);
        reader.join();
        assertThat(wrong.get()).isNull();
    }

    private static void read(
            CowBus<AddressRange> bus,
            AddressRange range,
            AddressRange fixed,
            AtomicBoolean done,
            AtomicReference<@Nullable String> wrong) {
        BusCursor<AddressRange> cursor = bus.cursor();
        while (!done.get()) {
            if (cursor.seek(range.base(), 1) && !cursor.device().equals(range)) {
                wrong.set("found " + cursor.device() + " at " + range.base());
            }
            if (!cursor.seek(fixed.base(), 4) || !cursor.device().equals(fixed) || cursor.offset() != 0) {
                wrong.set("lost the device that stays");
            }
        }
    }

    @Provide
    Arbitrary<AddressRange> ranges() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, ADDRESSES - 11),
                        Arbitraries.longs().between(1, 10))
                .as(AddressRange::new);
    }

    @Provide
    Arbitrary<Change> changes() {
        return Combinators.combine(Arbitraries.of(true, true, false), ranges()).as(Change::new);
    }
}
