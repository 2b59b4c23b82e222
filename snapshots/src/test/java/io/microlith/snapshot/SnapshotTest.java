// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.linux.DataExtents;
import io.microlith.linux.Fd;
import io.microlith.testkit.FakeBoard;
import io.microlith.testkit.FakeHypervisor;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.MemoryBound;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.StateCodec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Written, found again, restored; and what is damaged, missing or in the way. */
class SnapshotTest {
    private static final int PAGE = 4096;
    private static final Size MEMORY = Size.mebibytes(4);

    @TempDir
    Path directory;

    private final FakeHypervisor hypervisor = FakeHypervisor.with();

    @AfterEach
    void assertClean() {
        hypervisor.assertClean();
    }

    static Stream<RestoreStrategy> strategies() {
        return Stream.of(RestoreStrategy.EAGER, RestoreStrategy.MAPPED, RestoreStrategy.BEST);
    }

    private VmBuilder builder() {
        return VmBuilder.on(hypervisor).board(new FakeBoard()).id("original");
    }

    private Vm started(PageBacking pages) {
        Vm vm = builder().memory(MEMORY).pages(pages).vcpus(2).build();
        vm.start();
        return vm;
    }

    private Snapshot write(Vm vm, String name) {
        try (FrozenVm frozen = vm.freeze()) {
            return Snapshot.write(frozen, directory.resolve(name));
        }
    }

    /** Every seventh page has something in it. */
    private static void fill(GuestMemory memory, long seed) {
        Random random = new Random(seed);
        for (int page = 0; page < MEMORY.bytes() / PAGE; page += 7) {
            Contents.scramble(memory, page, random);
        }
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void restore_written_isTheSameMachine(RestoreStrategy strategy) {
        byte[] before;
        try (Vm vm = started(PageBacking.SMALL)) {
            fill(vm.memory(), 1);
            before = Contents.of(vm.memory());
            write(vm, "one");
        }
        Snapshot found = Snapshot.open(directory.resolve("one"));
        assertThat(found.config().memory()).isEqualTo(MEMORY);
        assertThat(found.config().vcpus()).isEqualTo(2);
        assertThat(found.state().has("vcpu.1")).isTrue();
        try (Vm vm = builder().restore(found.restoration(strategy)).build();
                Vm clone = builder().restore(found.restoration(strategy)).build()) {
            assertThat(Contents.of(vm.memory())).isEqualTo(before);
            fill(vm.memory(), 2);
            assertThat(Contents.of(clone.memory())).isEqualTo(before);
        }
        try (Vm vm = builder().restore(found.restoration(strategy)).build()) {
            assertThat(Contents.of(vm.memory())).isEqualTo(before);
        }
    }

    @Test
    void restore_path_findsIt() {
        try (Vm vm = started(PageBacking.SMALL)) {
            fill(vm.memory(), 1);
            write(vm, "one");
        }
        try (Vm vm = builder().restore(directory.resolve("one")).build()) {
            assertThat(vm.config().memory()).isEqualTo(MEMORY);
            assertThat(vm.memory().getLong(7 * PAGE)).isNotZero();
        }
        assertThatExceptionOfType(SnapshotException.class)
                .isThrownBy(() -> builder().restore(directory));
    }

    @Test
    void restore_ofARestoredMachine_isThatMachine() {
        byte[] before;
        try (Vm vm = started(PageBacking.TRANSPARENT_HUGE)) {
            fill(vm.memory(), 1);
            write(vm, "one");
        }
        Snapshot first = Snapshot.open(directory.resolve("one"));
        try (Vm vm =
                builder().restore(first.restoration(RestoreStrategy.MAPPED)).build()) {
            vm.start();
            fill(vm.memory(), 2);
            before = Contents.of(vm.memory());
            assertThat(write(vm, "two").id()).isNotEqualTo(first.id());
        }
        Snapshot second = Snapshot.open(directory.resolve("two"));
        try (Vm vm =
                builder().restore(second.restoration(RestoreStrategy.EAGER)).build()) {
            assertThat(Contents.of(vm.memory())).isEqualTo(before);
        }
    }

    @Test
    void write_pagesOfZeros_areHoles() throws IOException {
        try (Vm vm = started(PageBacking.SMALL)) {
            vm.memory().putByte(5 * PAGE, (byte) 1);
            vm.memory().putByte(6 * PAGE, (byte) 0);
            Path memory = write(vm, "one").memory().file();
            assertThat(Files.size(memory)).isEqualTo(MEMORY.bytes());
            try (Fd file = Fd.open(memory, Fd.O_RDONLY)) {
                List<Long> extents = new ArrayList<>();
                DataExtents.visit(file, 0, MEMORY.bytes(), (begin, end) -> extents.addAll(List.of(begin, end)));
                // The last page has the file's size.
                assertThat(extents).containsExactly(5L * PAGE, 6L * PAGE, MEMORY.bytes() - PAGE, MEMORY.bytes());
            }
        }
    }

    @Test
    void write_somethingOfThatName_isRefusedAndLeftAlone() throws IOException {
        Path there = Files.createDirectory(directory.resolve("one"));
        try (Vm vm = started(PageBacking.SMALL)) {
            assertThatExceptionOfType(SnapshotException.class)
                    .isThrownBy(() -> write(vm, "one"))
                    .withMessageContaining("choose another");
        }
        assertThat(there).isEmptyDirectory();
        assertThat(names()).containsExactly("one");
    }

    @Test
    void write_noSuchParent_isRefusedAndNothingIsLeft() throws IOException {
        try (Vm vm = started(PageBacking.SMALL)) {
            assertThatExceptionOfType(SnapshotException.class).isThrownBy(() -> write(vm, "no/one"));
        }
        assertThat(names()).isEmpty();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    @Test
    void open_damaged_isRefusedWithTheRule() throws IOException {
        try (Vm vm = started(PageBacking.SMALL)) {
            write(vm, "one");
        }
        Path one = directory.resolve("one");
        Path state = one.resolve(Snapshot.STATE_FILE);
        byte[] good = Files.readAllBytes(state);
        good[good.length - 1] ^= 1;
        Files.write(state, good);
        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> Snapshot.open(one))
                .withMessageContaining("checksum");
        good[good.length - 1] ^= 1;
        Files.write(state, good);
        try (FileChannel memory = FileChannel.open(one.resolve(Snapshot.MEMORY_FILE), StandardOpenOption.WRITE)) {
            memory.truncate(PAGE);
        }
        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> Snapshot.open(one))
                .withMessageContaining("snapshot.memory");
        Files.delete(one.resolve(Snapshot.MEMORY_FILE));
        assertThatExceptionOfType(SnapshotException.class).isThrownBy(() -> Snapshot.open(one));
        assertThatExceptionOfType(SnapshotException.class).isThrownBy(() -> Snapshot.open(directory.resolve("none")));
    }

    @Test
    void restore_memoryCutShortAfterOpen_isRefused() throws IOException {
        try (Vm vm = started(PageBacking.SMALL)) {
            fill(vm.memory(), 1);
            write(vm, "one");
        }
        Snapshot found = Snapshot.open(directory.resolve("one"));
        Files.delete(found.memory().file());
        assertThatExceptionOfType(SnapshotException.class)
                .isThrownBy(() -> builder()
                        .restore(found.restoration(RestoreStrategy.EAGER))
                        .build());
        assertThatExceptionOfType(SnapshotException.class)
                .isThrownBy(() -> builder()
                        .restore(found.restoration(RestoreStrategy.MAPPED))
                        .build());
    }

    @Test
    void restore_moreMemoryThanTheHostHas_isRefusedWithTheNumbers() throws IOException {
        long much = 4L << 40;
        assertThat(MemoryBound.here().size().bytes()).isLessThan(much);
        Path big = Files.createDirectory(directory.resolve("big"));
        MachineSection machine = new MachineSection("big", much, 1, 0);
        MemorySection memory = new MemorySection(List.of(new AddressRange(0, much)), List.of(), List.of());
        Files.write(
                big.resolve(Snapshot.STATE_FILE),
                StateFile.encode(StateFile.Content.of(
                        new UUID(1, 2),
                        List.of(
                                new Section(1, "", ByteString.of(StateCodec.encode(machine))),
                                new Section(2, "", ByteString.of(StateCodec.encode(memory)))))));
        try (RandomAccessFile file =
                new RandomAccessFile(big.resolve(Snapshot.MEMORY_FILE).toFile(), "rw")) {
            file.setLength(much);
        }
        for (RestoreStrategy strategy : strategies().toList()) {
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> builder()
                            .restore(Snapshot.open(big).restoration(strategy))
                            .build())
                    .withMessageContaining("memory: 4096 GiB is more than the ")
                    .withMessageContaining(MemoryBound.here().size().toString());
        }
    }

    @Test
    void restore_mappedWithHugePages_isRefused() {
        try (Vm vm = started(PageBacking.SMALL)) {
            write(vm, "one");
        }
        Snapshot found = Snapshot.open(directory.resolve("one"));
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> builder()
                        .pages(PageBacking.HUGE_2M)
                        .restore(found.restoration(RestoreStrategy.MAPPED))
                        .build())
                .withMessageContaining("restore eagerly");
    }
}
