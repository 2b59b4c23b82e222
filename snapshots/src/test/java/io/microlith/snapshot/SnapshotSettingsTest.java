// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Vm;
import io.microlith.vmm.WriteTracking;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.StateCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What can be asked of a snapshot: compression, progress, memory that is left out. */
class SnapshotSettingsTest extends ChangingMachine {
    @Test
    void write_compressed_isSmallerAndTheSame() throws IOException {
        for (int page = 0; page < PAGES; page += 2) {
            vm.memory().putLong(page * (long) PAGE + 8, page);
        }
        Snapshot plain = write(vm);
        Snapshot packed;
        long[] progress = new long[2];
        try (FrozenVm still = vm.freeze()) {
            packed = Snapshot.write(
                    still, next(), SnapshotSettings.DEFAULT.compressed().progress((done, total) -> {
                        assertThat(done).isGreaterThanOrEqualTo(progress[0]);
                        progress[0] = done;
                        progress[1] = total;
                    }));
        }
        assertThat(progress).containsOnly(PAGES * PAGE);
        assertThat(packed.memory().isCompressed()).isTrue();
        assertThat(Files.size(packed.memory().file()))
                .isLessThan(Files.size(plain.memory().file()) / 20);
        assertRestored(packed, Contents.of(vm.memory()));
        assertRestored(packed.merge(next(), SnapshotSettings.DEFAULT), Contents.of(vm.memory()));
        assertThat(plain.merge(next(), SnapshotSettings.DEFAULT.compressed(19))
                        .memory()
                        .isCompressed())
                .isTrue();
    }

    @Test
    void write_memoryThatCannotBeCompressed_isTheSame() {
        byte[] noise = new byte[PAGES * PAGE];
        random.nextBytes(noise);
        vm.memory().write(0, noise);
        try (FrozenVm still = vm.freeze()) {
            assertRestored(Snapshot.write(still, next(), SnapshotSettings.DEFAULT.compressed()), noise);
        }
    }

    @Test
    void write_progressThrows_leavesNothing() throws IOException {
        SnapshotSettings settings = SnapshotSettings.DEFAULT.compressed().progress((_, _) -> {
            throw new IllegalStateException("enough");
        });
        put(vm, 1, 1);
        try (FrozenVm still = vm.freeze()) {
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> Snapshot.write(still, next(), settings));
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void write_memoryLeftOut_isZeroAndTheRestIsThere() {
        for (int page = 0; page < PAGES; page++) {
            put(vm, page, page + 1);
        }
        byte[] expected = Contents.of(vm.memory());
        Arrays.fill(expected, 16 * PAGE, 20 * PAGE, (byte) 0);
        List<AddressRange> shared = List.of(new AddressRange(16 * PAGE, 4 * PAGE));
        Snapshot whole = write(vm);
        SnapshotSettings without = SnapshotSettings.DEFAULT.without(shared);
        try (FrozenVm still = vm.freeze()) {
            Snapshot snapshot = Snapshot.write(still, next(), without);
            assertThat(Snapshot.open(snapshot.directory()).left()).isEqualTo(shared);
            assertRestored(snapshot, expected);
        }
        Snapshot changes = changes(vm, whole, without);
        assertThat(changes.ownPages()).isEqualTo(4);
        assertRestored(changes, expected);
    }

    @ParameterizedTest
    @EnumSource(WriteTracking.class)
    void writeChanges_baseHasLeftMemoryOut_hasIt(WriteTracking tracking) {
        try (Vm machine = machine(tracking)) {
            put(machine, 17, 17);
            put(machine, 30, 30);
            SnapshotSettings without = SnapshotSettings.DEFAULT.without(List.of(new AddressRange(16 * PAGE, 4 * PAGE)));
            Snapshot base;
            try (FrozenVm still = machine.freeze()) {
                base = Snapshot.write(still, next(), without);
            }
            put(machine, 31, 31);
            Snapshot changes = changes(machine, base);
            assertThat(changes.ownPages()).isEqualTo(2);
            assertRestored(changes, Contents.of(machine.memory()));
        }
    }

    /** What a machine excludes is left out of each of its snapshots, and of those of the machines made of them. */
    @ParameterizedTest
    @EnumSource(WriteTracking.class)
    void write_machineExcludesMemory_neverHasIt(WriteTracking tracking) {
        AddressRange always = new AddressRange(16 * PAGE, 4 * PAGE);
        SnapshotSettings once = SnapshotSettings.DEFAULT.without(List.of(new AddressRange(18 * PAGE, 4 * PAGE)));
        Snapshot first;
        try (Vm machine = builder()
                .memory(Size.bytes(PAGES * PAGE))
                .excludeFromSnapshots(always)
                .trackWrites(tracking)
                .build()) {
            machine.start();
            fill(machine, 1);
            byte[] expected = Contents.of(machine.memory());
            Arrays.fill(expected, 16 * PAGE, 22 * PAGE, (byte) 0);
            try (FrozenVm still = machine.freeze()) {
                first = Snapshot.write(still, next(), once);
            }
            assertThat(first.left()).containsExactly(new AddressRange(16 * PAGE, 6 * PAGE));
            assertRestored(first, expected);
        }
        try (Vm machine = builder()
                .restore(Snapshot.open(first.directory()).restoration(RestoreStrategy.EAGER))
                .trackWrites(tracking)
                .build()) {
            assertThat(machine.config().excluded()).containsExactly(always);
            machine.start();
            fill(machine, 2);
            byte[] expected = Contents.of(machine.memory());
            Arrays.fill(expected, 16 * PAGE, 20 * PAGE, (byte) 0);
            Snapshot second = changes(machine, first);
            assertThat(second.left()).containsExactly(always);
            assertRestored(second, expected);
        }
    }

    @Test
    void open_whatIsLeftOutIsNoMemory_isRefused() {
        List<AddressRange> ram = List.of(new AddressRange(0, 4 * PAGE), new AddressRange(8 * PAGE, PAGE));
        List<AddressRange> inside = List.of(new AddressRange(PAGE, PAGE));
        for (AddressRange wrong : List.of(new AddressRange(3 * PAGE, 2 * PAGE), new AddressRange(5 * PAGE, PAGE))) {
            for (MemorySection section : List.of(
                    new MemorySection(ram, List.of(wrong), List.of()),
                    new MemorySection(ram, inside, List.of(wrong)))) {
                assertThatExceptionOfType(InvalidStateException.class)
                        .isThrownBy(() -> MemorySection.read(StateCodec.reader(StateCodec.encode(section))))
                        .withMessageContaining("what is left out is memory of the machine");
            }
        }
    }

    @Test
    void open_moreRangesThanMachinesHave_isRefused() {
        List<AddressRange> ram = IntStream.rangeClosed(0, 1024)
                .mapToObj(i -> new AddressRange(2L * i * PAGE, PAGE))
                .toList();
        MemorySection most = new MemorySection(ram.subList(1, ram.size()), ram.subList(1, ram.size()), List.of());
        assertThat(MemorySection.read(StateCodec.reader(StateCodec.encode(most))))
                .isEqualTo(most);
        MemorySection more = new MemorySection(ram, List.of(), List.of());
        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> MemorySection.read(StateCodec.reader(StateCodec.encode(more))))
                .withMessageContaining("1024 ranges at most");
    }

    private static void fill(Vm machine, int what) {
        for (int page = 0; page < PAGES; page++) {
            put(machine, page, page + what);
        }
    }

    @Test
    void write_memoryToLeaveOutIsNoWholePageOfRam_isRefused() {
        for (AddressRange wrong :
                List.of(new AddressRange(100, PAGE), new AddressRange(0, 100), new AddressRange(PAGES * PAGE, PAGE))) {
            try (FrozenVm still = vm.freeze()) {
                assertThatExceptionOfType(ConfigException.class)
                        .isThrownBy(
                                () -> Snapshot.write(still, next(), SnapshotSettings.DEFAULT.without(List.of(wrong))))
                        .withMessageContaining("without");
            }
        }
    }
}
