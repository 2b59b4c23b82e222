// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.memory.PackedPages;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.StateCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Snapshots that are not what they were, or stand on something that is not. */
class ChangesFaultTest extends ChangingMachine {
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
    void writeChanges_baseElsewhere_isRefused() throws IOException {
        Snapshot base = write(vm);
        Path other = Files.createDirectory(directory.resolve("other"));
        try (FrozenVm still = vm.freeze()) {
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> Snapshot.writeChanges(still, base, other.resolve("changes")))
                    .withMessageContaining("is not beside");
        }
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
