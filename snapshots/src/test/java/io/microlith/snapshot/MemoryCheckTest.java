// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.testkit.FakeBoard;
import io.microlith.testkit.FakeHypervisor;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.StateCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A machine of 6 MiB, of which every fourth page is not zero, and damage to its files. */
class MemoryCheckTest {
    private static final int PAGE = 4096;
    private static final int PAGES = 1536;
    private static final int STEP = 4;

    @TempDir
    private Path directory;

    private final FakeHypervisor host = FakeHypervisor.with();
    private final Random random = new Random(3);
    private Vm vm;

    @BeforeEach
    void start() {
        vm = VmBuilder.on(host)
                .board(new FakeBoard())
                .memory(Size.bytes(PAGES * PAGE))
                .build();
        vm.start();
        for (int page = 0; page < PAGES; page += STEP) {
            Contents.scramble(vm.memory(), page, random);
        }
    }

    @AfterEach
    void close() {
        vm.close();
        host.assertClean();
    }

    private Snapshot write(String name, SnapshotSettings settings) {
        try (FrozenVm still = vm.freeze()) {
            return Snapshot.write(still, directory.resolve(name), settings);
        }
    }

    private Snapshot write() {
        return write("whole", SnapshotSettings.DEFAULT);
    }

    private Snapshot changes(Snapshot base, SnapshotSettings settings) {
        Contents.scramble(vm.memory(), 6, random);
        Contents.scramble(vm.memory(), 1000, random);
        try (FrozenVm still = vm.freeze()) {
            return Snapshot.writeChanges(still, base, directory.resolve("changes"), settings);
        }
    }

    private static long check(Snapshot snapshot) {
        return Snapshot.open(snapshot.directory()).checkMemory(SnapshotProgress.NONE);
    }

    private static void damage(Path file, long place, int with) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, place);
            channel.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ with)}), place);
        }
    }

    @Test
    void checkMemory_nothingDamaged_knowsAllOfIt() {
        Snapshot whole = write();
        Snapshot some = changes(whole, SnapshotSettings.DEFAULT);

        assertThat(check(whole)).isZero();
        assertThat(check(some)).isZero();
        assertThat(check(some.merge(directory.resolve("merged"), SnapshotSettings.DEFAULT)))
                .isZero();
        assertThat(check(some.merge(directory.resolve("small"), SnapshotSettings.DEFAULT.compressed())))
                .isZero();
        assertThat(check(write("compressed", SnapshotSettings.DEFAULT.compressed())))
                .isZero();
    }

    /** The first bit, one of the last page that has something, and one in a page of zeros. */
    @ParameterizedTest
    @ValueSource(longs = {0, (PAGES - STEP) * PAGE + 77, 513 * PAGE + 1})
    void checkMemory_bitFlipped_saysInWhichPart(long place) throws IOException {
        Snapshot whole = write();
        damage(whole.memory().file(), place, 1);

        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> check(whole))
                .withMessageContaining("bytes from " + place / (2 << 20) * (2 << 20))
                .withMessageContaining(whole.memory().file().toString());
    }

    @Test
    void checkMemory_pagesChangedPlaces_isRefused() throws IOException {
        Snapshot whole = write();
        byte[] bytes = Files.readAllBytes(whole.memory().file());
        byte[] page = new byte[PAGE];
        System.arraycopy(bytes, 0, page, 0, PAGE);
        System.arraycopy(bytes, PAGE, bytes, 0, PAGE);
        System.arraycopy(page, 0, bytes, PAGE, PAGE);
        Files.write(whole.memory().file(), bytes);

        assertThatExceptionOfType(InvalidStateException.class).isThrownBy(() -> check(whole));
    }

    @Test
    void checkMemory_pageLost_isRefused() throws IOException {
        Snapshot whole = write();
        byte[] bytes = Files.readAllBytes(whole.memory().file());
        Arrays.fill(bytes, STEP * PAGE, (STEP + 1) * PAGE, (byte) 0);
        Files.write(whole.memory().file(), bytes);

        assertThatExceptionOfType(InvalidStateException.class).isThrownBy(() -> check(whole));
    }

    @Test
    void checkMemory_holesFilledWithZeros_isTheSame() throws IOException {
        Snapshot whole = write();
        Files.write(whole.memory().file(), Files.readAllBytes(whole.memory().file()));

        assertThat(check(whole)).isZero();
    }

    @Test
    void checkMemory_damageBelow_isFound() throws IOException {
        Snapshot whole = write();
        Snapshot some = changes(whole, SnapshotSettings.DEFAULT);
        damage(whole.memory().file(), 8 * PAGE, 0x80);

        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> check(some))
                .withMessageContaining(whole.memory().file().toString());
    }

    @Test
    void checkMemory_changesDamaged_isFound() throws IOException {
        Snapshot some = changes(write(), SnapshotSettings.DEFAULT);
        damage(some.memory().file(), PAGE + 5, 2);

        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> check(some))
                .withMessageContaining(some.memory().file().toString());
    }

    @Test
    void checkMemory_frameDamaged_saysWhichFile() throws IOException {
        Snapshot compressed = write("compressed", SnapshotSettings.DEFAULT.compressed());
        damage(compressed.memory().file(), 100_000, 0x10);

        assertThatExceptionOfType(SnapshotException.class)
                .isThrownBy(() -> check(compressed))
                .withMessageContaining("damaged")
                .withMessageContaining(compressed.directory().toString());
    }

    @Test
    void checkMemory_progress_endsWithAll() {
        Snapshot some = changes(write(), SnapshotSettings.DEFAULT);
        List<Long> heard = new ArrayList<>();
        long all = (PAGES + 2) * (long) PAGE;

        var _ = some.checkMemory((done, total) -> {
            assertThat(total).isEqualTo(all);
            heard.add(done);
        });

        assertThat(heard).isSorted().endsWith(all);
    }

    @Test
    void open_sumsOfAnotherFile_isRefused() throws IOException {
        Snapshot whole = write();
        Path state = whole.directory().resolve(Snapshot.STATE_FILE);
        StateFile.Content content = StateFile.decode(Files.readAllBytes(state));
        MemorySums sums = MemorySums.Sum.begin().finish(PAGE);
        List<Section> sections = content.sections().stream()
                .map(section -> section.type() == SectionType.SUMS.number()
                        ? new Section(section.type(), "", ByteString.of(StateCodec.encode(sums)))
                        : section)
                .toList();
        Files.write(state, StateFile.encode(StateFile.Content.of(content.id(), sections)));

        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> Snapshot.open(whole.directory()))
                .withMessageContaining("MemorySums.sums");
    }
}
