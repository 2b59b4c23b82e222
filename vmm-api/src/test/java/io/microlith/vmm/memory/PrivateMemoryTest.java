// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.linux.Errno;
import io.microlith.linux.Fd;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateMemoryTest {
    private static final int PAGE = 4096;
    private static final AddressRange LOW = new AddressRange(0, 40 * PAGE);
    private static final AddressRange HIGH = new AddressRange(1L << 32, 24 * PAGE);
    private static final int PAGES = 64;

    /** What a machine or a layer should hold: a byte a page. */
    private static final class Model {
        private final byte[] pages;

        Model(byte[] pages) {
            this.pages = pages.clone();
        }
    }

    /** What was written of a machine since it showed a layer. */
    private static final class Notes {
        private final WatchedMemory memory;
        private final boolean kept;
        private final BitSet written = new BitSet();

        Notes(WatchedMemory memory, boolean kept) {
            this.memory = memory;
            this.kept = kept;
        }

        Optional<BitSet> written() {
            written.or(memory.take());
            return kept ? Optional.of(written) : Optional.empty();
        }
    }

    /** Machines and what they should hold, and layers likewise. */
    static final class World implements AutoCloseable {
        private final List<MachineMemory> machines = new ArrayList<>();
        private final List<Model> models = new ArrayList<>();

        /** Of every other machine it is noted what is written. */
        private final List<Notes> notes = new ArrayList<>();

        private final List<MemoryLayer> layers = new ArrayList<>();
        private final List<Model> contents = new ArrayList<>();

        World(MachineMemory first) {
            add(first, new Model(new byte[PAGES]));
            fork(0, 0, 0);
        }

        private void add(MachineMemory memory, Model model) {
            notes.add(new Notes(new WatchedMemory(memory.memory()), machines.size() % 2 == 0));
            machines.add(memory);
            models.add(model);
        }

        private static long address(int page) {
            long low = LOW.size() / PAGE;
            return page < low ? (long) page * PAGE : HIGH.base() + (page - low) * PAGE;
        }

        void write(int machine, int page, int count, byte value) {
            for (int i = page; i < Math.min(PAGES, page + count); i++) {
                notes.get(machine).memory.putByte(address(i) + i, value);
                models.get(machine).pages[i] = value;
            }
        }

        void discard(int machine, int page) {
            assertThat(notes.get(machine).memory.discard(address(page), PAGE)).isZero();
            models.get(machine).pages[page] = 0;
        }

        /** But for some pages. */
        void fork(int machine, int hole, int count) {
            BitSet holes = new BitSet();
            holes.set(hole, Math.min(PAGES, hole + count));
            layers.add(machines.get(machine).layer("fork", notes.get(machine).written(), holes));
            Model content = new Model(models.get(machine).pages);
            holes.stream().forEach(page -> content.pages[page] = 0);
            contents.add(content);
        }

        void spawn(int layer) {
            add(PrivateMemory.on(layers.get(layer)), new Model(contents.get(layer).pages));
        }

        void become(int machine, int layer) {
            if (machines.get(machine).show(layers.get(layer), notes.get(machine).written())) {
                notes.get(machine).written.clear();
                models.set(machine, new Model(contents.get(layer).pages));
            }
        }

        void check() {
            for (int machine = 0; machine < machines.size(); machine++) {
                byte[] seen = new byte[PAGES];
                for (int page = 0; page < PAGES; page++) {
                    seen[page] = machines.get(machine).memory().getByte(address(page) + page);
                }
                assertThat(seen).as("machine %d", machine).isEqualTo(models.get(machine).pages);
            }
        }

        @Override
        public void close() {
            layers.forEach(MemoryLayer::close);
            machines.forEach(MachineMemory::close);
        }
    }

    /** Something that happens, with numbers to choose by. */
    record Step(Action action, int who, int what, int count, byte value) {
        enum Action {
            WRITE,
            DISCARD,
            FORK,
            SPAWN,
            BECOME
        }

        void in(World world) {
            int machine = who % world.machines.size();
            int layer = what % world.layers.size();
            switch (action) {
                case WRITE -> world.write(machine, what % PAGES, count, value);
                case DISCARD -> world.discard(machine, what % PAGES);
                case FORK -> world.fork(machine, what % PAGES, count - 1);
                case SPAWN -> world.spawn(layer);
                case BECOME -> world.become(machine, layer);
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> number = Arbitraries.integers().between(0, 1000);
        return Combinators.combine(
                        Arbitraries.of(Step.Action.class),
                        number,
                        number,
                        Arbitraries.integers().between(1, 20),
                        Arbitraries.bytes())
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(60);
    }

    private static void play(World world, List<Step> steps) {
        try (world) {
            for (Step step : steps) {
                step.in(world);
                world.check();
            }
        }
    }

    @Property(tries = 300)
    void forkedSpawnedAndChanged_inAnyOrder_eachMachineHasItsOwn(@ForAll("steps") List<Step> steps) {
        play(new World(PrivateMemory.blank(List.of(LOW, HIGH))), steps);
    }

    @Property(tries = 100)
    void forked_machineWithSharedMemory_eachMachineHasItsOwn(@ForAll("steps") List<Step> steps) {
        play(new World(MappedMemory.map("parent", List.of(LOW, HIGH), PageBacking.SMALL)), steps);
    }

    @Test
    void layer_nothingWritten_isTheSame() {
        try (PrivateMemory blank = PrivateMemory.blank(List.of(LOW));
                MemoryLayer first = blank.layer("first", Optional.empty(), new BitSet());
                PrivateMemory machine = PrivateMemory.on(first);
                MemoryLayer second = machine.layer("second", Optional.empty(), new BitSet())) {
            assertThat(second.isSame(first)).isTrue();
        }
    }

    @Test
    void show_layerClosedMeanwhile_staysThere() {
        try (PrivateMemory machine = PrivateMemory.blank(List.of(LOW))) {
            machine.memory().putByte(5, (byte) 5);
            MemoryLayer layer = machine.layer("layer", Optional.empty(), new BitSet());
            machine.memory().putByte(5, (byte) 6);
            machine.show(layer, Optional.empty());
            layer.close();
            layer.close();
            assertThat(machine.memory().getByte(5)).isEqualTo((byte) 5);
            try (MemoryLayer again = machine.layer("again", Optional.empty(), new BitSet());
                    PrivateMemory other = PrivateMemory.on(again)) {
                assertThat(other.memory().getByte(5)).isEqualTo((byte) 5);
            }
        }
    }

    @Test
    void show_layerOfOtherRanges_isRefused() {
        try (PrivateMemory machine = PrivateMemory.blank(List.of(LOW));
                PrivateMemory other = PrivateMemory.blank(List.of(HIGH));
                MemoryLayer layer = other.layer("other", Optional.empty(), new BitSet())) {
            assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> machine.show(layer, Optional.empty()));
        }
    }

    /** A guest that gives back every other page does not get all the mappings that a process may have. */
    @Test
    void discard_morePlacesThanThereMayBeMappings_isRefused() {
        int most = 1024;
        AddressRange large = new AddressRange(0, 4096L * PAGE);
        try (PrivateMemory blank = PrivateMemory.blank(List.of(large))) {
            blank.memory().putByte(2L * most * PAGE, (byte) 7);
            try (MemoryLayer layer = blank.layer("layer", Optional.empty(), new BitSet());
                    PrivateMemory machine = PrivateMemory.on(layer)) {
                GuestMemory memory = machine.memory();
                for (int i = 0; i < most; i++) {
                    assertThat(memory.discard(2L * i * PAGE, PAGE)).isZero();
                }
                assertThat(memory.discard(2L * most * PAGE, PAGE)).isEqualTo(-Errno.ENOMEM);
                assertThat(memory.getByte(2L * most * PAGE)).isEqualTo((byte) 7);
                // Beside one that is given back, no mapping more is made.
                assertThat(memory.discard((2L * most - 1) * PAGE, 2 * PAGE)).isZero();
                assertThat(memory.getByte(2L * most * PAGE)).isZero();
                machine.show(layer, Optional.empty());
                assertThat(memory.getByte(2L * most * PAGE)).isEqualTo((byte) 7);
                assertThat(memory.discard(0, PAGE)).isZero();
            }
            // Without a layer, pages are given back where they are.
            for (int i = 0; i <= most; i++) {
                assertThat(blank.memory().discard(2L * i * PAGE, PAGE)).isZero();
            }
            assertThat(blank.memory().getByte(2L * most * PAGE)).isZero();
        }
    }

    @Test
    void show_memoryThatIsShared_cannot() {
        try (MappedMemory machine = MappedMemory.map("shared", List.of(LOW), PageBacking.SMALL);
                MemoryLayer layer = machine.layer("layer", Optional.empty(), new BitSet())) {
            assertThat(machine.show(layer, Optional.empty())).isFalse();
        }
    }

    /** More runs than are let go of one by one. */
    @Test
    void show_sameLayerAfterManyScatteredWrites_isAsItWas() {
        AddressRange large = new AddressRange(0, 4096L * PAGE);
        try (PrivateMemory blank = PrivateMemory.blank(List.of(large));
                MemoryLayer layer = blank.layer("layer", Optional.empty(), new BitSet());
                PrivateMemory machine = PrivateMemory.on(layer)) {
            byte[] seen = new byte[4096];
            for (int page = 0; page < 4096; page += 2) {
                machine.memory().putByte((long) page * PAGE, (byte) 1);
            }
            machine.show(layer, Optional.empty());
            for (int page = 0; page < 4096; page++) {
                seen[page] = machine.memory().getByte((long) page * PAGE);
            }
            assertThat(seen).isEqualTo(new byte[4096]);
        }
    }

    @Test
    void on_moreChangesThanThereMayBeMappings_copiesThem(@TempDir Path directory) throws IOException {
        int runs = 2100;
        int pages = 16 * runs;
        BitSet changed = new BitSet();
        for (int run = 0; run < runs; run++) {
            changed.set(16 * run, 16 * run + 8);
        }
        // One that is longer is mapped all the same.
        changed.set(16 * (runs - 1), pages - 1);
        PackedPages packed = new PackedPages(changed);
        Path below = file(directory, "below", (long) pages * PAGE);
        Path above = file(directory, "above", packed.size());
        try (FileChannel file = FileChannel.open(above, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {5}), packed.place(pages - 2) + 9);
            file.write(ByteBuffer.wrap(new byte[] {6}), packed.place(16 * 3 + 2) + 9);
        }
        try (MemoryLayer base =
                        MemoryLayer.of(Fd.open(below, Fd.O_RDONLY), List.of(new AddressRange(0, (long) pages * PAGE)));
                MemoryLayer layer = base.with(Fd.open(above, Fd.O_RDONLY), packed);
                PrivateMemory memory = PrivateMemory.on(layer)) {
            assertThat(memory.memory().getByte((pages - 2L) * PAGE + 9)).isEqualTo((byte) 5);
            assertThat(memory.memory().getByte((16 * 3 + 2L) * PAGE + 9)).isEqualTo((byte) 6);
            assertThat(Files.readAllLines(Path.of("/proc/self/maps")))
                    .filteredOn(line -> line.endsWith(above.toString()))
                    .hasSize(1);
        }
    }

    private static Path file(Path directory, String name, long size) throws IOException {
        Path path = directory.resolve(name);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(1), size - 1);
        }
        return path;
    }
}
