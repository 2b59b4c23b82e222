// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.linux.DataExtents;
import io.microlith.testkit.FakeBoard;
import io.microlith.testkit.FakeHypervisor;
import io.microlith.testkit.RequiresUserFaultFd;
import io.microlith.vmm.Capability;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.WriteTracking;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.PackedPages;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.StateCodec;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Snapshots of what has changed since another one. */
class ChangesTest {
    private static final int PAGE = 4096;
    private static final int PAGES = 256;

    @TempDir
    private Path directory;

    private final FakeHypervisor host = FakeHypervisor.with(Capability.DIRTY_LOG, Capability.DIRTY_RING);
    private final Random random = new Random(5);
    private Vm vm;
    private int count;

    @BeforeEach
    void start() {
        vm = machine(WriteTracking.NONE);
    }

    @AfterEach
    void close() {
        vm.close();
        host.assertClean();
    }

    private VmBuilder builder() {
        return VmBuilder.on(host).board(new FakeBoard()).id("machine");
    }

    private Vm machine(WriteTracking tracking) {
        Vm made =
                builder().memory(Size.bytes(PAGES * PAGE)).trackWrites(tracking).build();
        made.start();
        return made;
    }

    private static byte[] all(GuestMemory memory) {
        byte[] bytes = new byte[PAGES * PAGE];
        memory.read(0, bytes, 0, bytes.length);
        return bytes;
    }

    private static void put(Vm machine, int page, int value) {
        machine.memory().putInt(page * (long) PAGE + 40, value);
    }

    /** As a guest does it: nobody here sees it but the hypervisor. */
    private void guestPuts(Vm machine, int page, int value) {
        machine.memory().regions().getFirst().segment().set(ValueLayout.JAVA_INT, page * (long) PAGE + 40, value);
        host.vm().guestWrites(page);
    }

    private Snapshot write(Vm machine) {
        try (FrozenVm still = machine.freeze()) {
            return Snapshot.write(still, next());
        }
    }

    private Snapshot changes(Vm machine, Snapshot base, SnapshotSettings settings) {
        try (FrozenVm still = machine.freeze()) {
            return Snapshot.writeChanges(still, base, next(), settings);
        }
    }

    private Snapshot changes(Vm machine, Snapshot base) {
        return changes(machine, base, SnapshotSettings.DEFAULT);
    }

    private Path next() {
        return directory.resolve("s" + count++);
    }

    private void assertRestored(Snapshot snapshot, byte[] memory) {
        Snapshot found = Snapshot.open(snapshot.directory());
        for (RestoreStrategy strategy : List.of(RestoreStrategy.EAGER, RestoreStrategy.MAPPED, RestoreStrategy.BEST)) {
            try (Vm again = builder().restore(found.restoration(strategy)).build()) {
                assertThat(all(again.memory())).as(strategy.toString()).isEqualTo(memory);
            }
        }
    }

    @Test
    void writeChanges_somePages_hasThemAlone() {
        put(vm, 3, 1);
        put(vm, 4, 1);
        put(vm, 9, 1);
        Snapshot base = write(vm);
        put(vm, 4, 2);
        put(vm, 200, 2);
        put(vm, 9, 0);

        Snapshot changes = changes(vm, base);

        assertThat(changes.ownPages()).isEqualTo(3);
        assertThat(changes.base()).containsSame(base);
        assertThat(changes.memory().file()).hasSize(3 * PAGE);
        assertRestored(changes, all(vm.memory()));
    }

    @Test
    @RequiresUserFaultFd
    void restore_changesPageByPage_hasThem() {
        Snapshot base = write(vm);
        for (int page = 0; page < PAGES; page += 3) {
            put(vm, page, page);
        }
        Snapshot packed = changes(vm, base, SnapshotSettings.DEFAULT.compressed());
        for (int page = 0; page < PAGES; page += 8) {
            put(vm, page, -page);
        }
        Snapshot last = changes(vm, packed);
        byte[] memory = all(vm.memory());
        Recording recording = new Recording(last);
        try (Vm again = builder().restore(last.restoration(recording)).build()) {
            for (int page = 0; page < PAGES; page += 5) {
                assertThat(again.memory().getInt(page * (long) PAGE + 40))
                        .isEqualTo(vm.memory().getInt(page * (long) PAGE + 40));
            }
            recording.save();
        }
        for (RestoreStrategy strategy : List.of(
                RestoreStrategy.LAZY, RestoreStrategy.PREFETCH, RestoreStrategy.OVERLAPPED, RestoreStrategy.DIRECT)) {
            try (Vm again = builder().restore(last.restoration(strategy)).build()) {
                assertThat(all(again.memory())).as(strategy.toString()).isEqualTo(memory);
            }
        }
        // What never came is not looked at.
        try (Vm again =
                builder().restore(last.restoration(RestoreStrategy.LAZY)).build()) {
            again.start();
            put(again, 77, 77);
            long[] total = {0};
            Snapshot next = changes(again, last, SnapshotSettings.DEFAULT.progress((_, all) -> total[0] = all));
            assertThat(total[0]).isLessThan(20 * PAGE);
            assertThat(next.ownPages()).isEqualTo(1);
            assertRestored(next, all(again.memory()));
        }
    }

    @Test
    void writeChanges_nothingChanged_hasNone() {
        put(vm, 3, 1);
        Snapshot base = write(vm);
        Snapshot changes = changes(vm, base);
        assertThat(changes.ownPages()).isZero();
        assertRestored(changes, all(vm.memory()));
    }

    /** A page that was written as it was is not another one. */
    @ParameterizedTest
    @EnumSource(WriteTracking.class)
    void writeChanges_chain_eachIsItsMoment(WriteTracking tracking) {
        try (Vm machine = machine(tracking)) {
            Snapshot[] chain = new Snapshot[6];
            byte[][] moments = new byte[chain.length][];
            chain[0] = write(machine);
            moments[0] = all(machine.memory());
            for (int i = 1; i < chain.length; i++) {
                for (int write = 0; write < 40; write++) {
                    int page = random.nextInt(PAGES);
                    if (write % 2 == 0) {
                        put(machine, page, random.nextInt(3));
                    } else {
                        guestPuts(machine, page, random.nextInt(3));
                    }
                }
                machine.memory().discard(random.nextInt(PAGES) * (long) PAGE, PAGE);
                SnapshotSettings settings =
                        i % 2 == 0 ? SnapshotSettings.DEFAULT.compressed() : SnapshotSettings.DEFAULT;
                chain[i] = changes(machine, chain[i - 1], settings);
                moments[i] = all(machine.memory());
                assertThat(chain[i].ownPages()).isLessThanOrEqualTo(41);
            }
            for (int i = 0; i < chain.length; i++) {
                assertRestored(chain[i], moments[i]);
            }
            Snapshot merged = chain[5].merge(next(), SnapshotSettings.DEFAULT);
            assertThat(merged.base()).isEmpty();
            assertThat(merged.id()).isEqualTo(chain[5].id());
            assertRestored(merged, moments[5]);
            put(machine, 7, 77);
            assertRestored(changes(machine, merged), all(machine.memory()));
        }
    }

    @Test
    void writeChanges_writesAreTracked_looksAtThoseAlone() {
        try (Vm machine = machine(WriteTracking.LOG)) {
            Snapshot base = write(machine);
            put(machine, 5, 1);
            guestPuts(machine, 6, 1);
            try (FrozenVm still = machine.freeze()) {
                assertThat(still.changedSince(base.id()))
                        .hasValueSatisfying(pages -> assertThat(pages.stream()).containsExactly(5, 6));
            }
            long[] total = {0};
            Snapshot next = changes(machine, base, SnapshotSettings.DEFAULT.progress((_, all) -> total[0] = all));
            assertThat(total[0]).isEqualTo(2 * PAGE);
            // Neither the one before, since when writes were forgotten, nor one of somebody else.
            try (FrozenVm still = machine.freeze()) {
                assertThat(still.changedSince(base.id())).isEmpty();
                assertThat(still.changedSince(next.id()).orElseThrow().isEmpty())
                        .isTrue();
            }
        }
    }

    @Test
    void writeChanges_machineWasRestoredByMapping_looksAtWhatItHasForItself() {
        put(vm, 3, 1);
        Snapshot base = write(vm);
        try (Vm again =
                builder().restore(base.restoration(RestoreStrategy.MAPPED)).build()) {
            again.start();
            put(again, 100, 1);
            long[] total = {0};
            Snapshot next = changes(again, base, SnapshotSettings.DEFAULT.progress((_, all) -> total[0] = all));
            assertThat(total[0]).isEqualTo(PAGE);
            assertThat(next.ownPages()).isEqualTo(1);
            put(again, 101, 1);
            Snapshot last = changes(again, next, SnapshotSettings.DEFAULT.progress((_, all) -> total[0] = all));
            assertThat(total[0]).isEqualTo(2 * PAGE);
            assertThat(last.ownPages()).isEqualTo(1);
            assertRestored(last, all(again.memory()));
        }
    }

    @Test
    void writeChanges_machineBecameAnother_isComparedWithThat() {
        put(vm, 3, 1);
        Snapshot base = write(vm);
        put(vm, 3, 2);
        Snapshot other = write(vm);
        try (Vm machine = builder()
                        .restore(base.restoration(RestoreStrategy.MAPPED))
                        .trackWrites(WriteTracking.LOG)
                        .build();
                VmTemplate template = VmTemplate.of(other)) {
            machine.start();
            put(machine, 50, 1);
            template.attachTo(machine);
            put(machine, 51, 1);
            Snapshot changes = changes(machine, other);
            assertThat(changes.ownPages()).isEqualTo(1);
            assertRestored(changes, all(machine.memory()));
            assertRestored(changes(machine, base), all(machine.memory()));
        }
    }

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
        assertRestored(packed, all(vm.memory()));
        assertRestored(packed.merge(next(), SnapshotSettings.DEFAULT), all(vm.memory()));
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
        byte[] expected = all(vm.memory());
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
            assertRestored(changes, all(machine.memory()));
        }
    }

    @Test
    void writeChanges_ofMemoryThatWasNotTouched_takesNone() throws IOException {
        Snapshot base = write(vm);
        Snapshot changes = changes(vm, base);
        assertThat(changes.ownPages()).isZero();
        long[] taken = {0};
        var region = vm.memory().regions().getFirst();
        DataExtents.visit(region.file().orElseThrow(), 0, region.size(), (begin, end) -> taken[0] += end - begin);
        assertThat(taken[0]).isZero();
    }

    @Test
    void open_baseOfAnImpossibleName_isRefused() throws IOException {
        Snapshot changes = withChange(_ -> {});
        Path file = changes.directory().resolve(Snapshot.STATE_FILE);
        StateFile.Content content = StateFile.decode(Files.readAllBytes(file));
        ChangesSection wrong =
                new ChangesSection("..", changes.base().orElseThrow().fingerprint(), new PackedPages(new BitSet()));
        Files.write(
                file,
                StateFile.encode(StateFile.Content.of(
                        content.id(),
                        content.sections().stream()
                                .map(section -> section.type() == SectionType.CHANGES.number()
                                        ? new Section(section.type(), "", ByteString.of(StateCodec.encode(wrong)))
                                        : section)
                                .toList())));
        assertRefused(changes, "ChangesSection.directory");
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

    @Test
    void writeChanges_baseElsewhere_isRefused() throws IOException {
        Snapshot base = write(vm);
        Path other = Files.createDirectory(directory.resolve("other"));
        try (FrozenVm still = vm.freeze()) {
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> Snapshot.writeChanges(still, base, other.resolve("changes")))
                    .withMessageContaining("is not beside");
        }
    }

    @Test
    void writeChanges_tooManyBelow_isRefusedUntilTheyAreMerged() {
        Snapshot last = write(vm);
        for (int i = 0; i < Snapshot.MOST_LAYERS; i++) {
            put(vm, i, 1);
            last = changes(vm, last);
        }
        assertRestored(last, all(vm.memory()));
        Snapshot most = last;
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> changes(vm, most))
                .withMessageContaining("merge it first");
        assertRestored(changes(vm, last.merge(next(), SnapshotSettings.DEFAULT)), all(vm.memory()));
    }

    private void assertRefused(Snapshot snapshot, String text) {
        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> Snapshot.open(snapshot.directory()))
                .withMessageContaining(text);
    }

    private Snapshot withChange(Consumer<Snapshot> damage) {
        put(vm, 3, 1);
        Snapshot base = write(vm);
        put(vm, 4, 1);
        Snapshot changes = changes(vm, base);
        damage.accept(base);
        return changes;
    }

    @Test
    void open_baseIsGone_saysWhich() {
        Snapshot changes = withChange(base -> move(base.directory(), directory.resolve("gone")));
        assertThatExceptionOfType(SnapshotException.class)
                .isThrownBy(() -> Snapshot.open(changes.directory()))
                .withMessageContaining("s0");
    }

    @Test
    void open_baseIsAnother_isRefused() {
        assertRefused(
                withChange(base -> {
                    move(base.directory(), directory.resolve("gone"));
                    move(write(vm).directory(), base.directory());
                }),
                "what was in");
    }

    @Test
    void open_fileCutShort_isRefused() throws IOException {
        Snapshot changes = withChange(_ -> {});
        Files.write(changes.memory().file(), new byte[100]);
        assertRefused(changes, "100 bytes");
    }

    @Test
    void restore_frameDamaged_isRefusedAndNothingIsLeft() throws IOException {
        byte[] noise = new byte[PAGES * PAGE];
        random.nextBytes(noise);
        vm.memory().write(0, noise);
        Path path = next();
        try (FrozenVm still = vm.freeze()) {
            Snapshot.write(still, path, SnapshotSettings.DEFAULT.compressed());
        }
        Path file = path.resolve(Snapshot.MEMORY_FILE);
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i < 50; i++) {
            byte[] damaged = bytes.clone();
            damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, damaged);
            Snapshot found = Snapshot.open(path);
            for (RestoreStrategy strategy : List.of(RestoreStrategy.EAGER, RestoreStrategy.MAPPED)) {
                assertThatExceptionOfType(SnapshotException.class)
                        .isThrownBy(() ->
                                builder().restore(found.restoration(strategy)).build())
                        .withMessageContaining("is damaged");
            }
        }
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
