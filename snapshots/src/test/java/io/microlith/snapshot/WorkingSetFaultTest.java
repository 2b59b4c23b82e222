// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.microlith.snapshot.FaultyFiles.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Whatever fails while a working set is written: the one that was there is as before, or the new one is there. */
class WorkingSetFaultTest {
    @TempDir
    private Path directory;

    private Snapshot snapshot;

    @BeforeEach
    void save() {
        PatternedMachine.frozen(machine -> Snapshot.write(machine, directory.resolve("one")));
        snapshot = Snapshot.open(directory.resolve("one"));
    }

    private WorkingSet of(int... pages) {
        MemoryImage memory = snapshot.memory();
        return WorkingSet.of(snapshot.fingerprint(), pages, memory.data(), memory.extents());
    }

    private WorkingSet next() {
        return of(4, 0, 2, 3);
    }

    private List<String> steps() {
        FaultyFiles files = FaultyFiles.sound();
        new WorkingSetWriter(snapshot, files).write(next());
        return files.steps().stream()
                .map(step -> step.replaceFirst(" \\.working-set\\..*", ""))
                .toList();
    }

    @Test
    void write_steps_areTheseInThisOrder() {
        // It has its name when all of it is on the medium.
        assertThat(steps().stream().distinct())
                .containsExactly("create", "write", "force", "close", "rename", "sync directory");
        assertThat(steps()).filteredOn("write"::equals).hasSizeGreaterThan(2);
    }

    @TestFactory
    List<DynamicTest> write_anyStepFails_leavesTheOldOneOrTheNew() {
        List<String> steps = steps();
        return IntStream.range(0, steps.size())
                .mapToObj(i ->
                        dynamicTest(i + " " + steps.get(i), () -> assertOldOrNew(i, i > steps.indexOf("rename"))))
                .toList();
    }

    @TestFactory
    List<DynamicTest> write_killedAtAnyStep_leavesTheOldOneOrTheNew() {
        List<String> steps = steps();
        return IntStream.range(0, steps.size())
                .mapToObj(i -> dynamicTest(
                        i + " " + steps.get(i), () -> assertOldOrNewWhenKilled(i, i > steps.indexOf("rename"))))
                .toList();
    }

    private void assertOldOrNew(int failing, boolean named) throws IOException {
        for (Optional<WorkingSet> old : List.of(Optional.<WorkingSet>empty(), Optional.of(of(6, 8)))) {
            begin(old);
            assertThatExceptionOfType(SnapshotException.class)
                    .isThrownBy(
                            () -> new WorkingSetWriter(snapshot, new FaultyFiles(Fault.FULL, failing)).write(next()))
                    .withMessageContaining("the working set cannot be written: " + FaultyFiles.NO_ROOM);

            assertThat(hidden()).isEmpty();
            assertIs(named ? Optional.of(next()) : old);
        }
    }

    private void assertOldOrNewWhenKilled(int when, boolean named) throws IOException {
        for (Optional<WorkingSet> old : List.of(Optional.<WorkingSet>empty(), Optional.of(of(6, 8)))) {
            begin(old);
            assertThatExceptionOfType(FaultyFiles.Killed.class)
                    .isThrownBy(
                            () -> new WorkingSetWriter(snapshot, new FaultyFiles(Fault.KILLED, when)).write(next()));

            assertIs(named ? Optional.of(next()) : old);
            // Whatever it left, the next one is written.
            new WorkingSetWriter(snapshot).write(next());
            assertIs(Optional.of(next()));
        }
    }

    private void begin(Optional<WorkingSet> old) throws IOException {
        Files.deleteIfExists(snapshot.directory().resolve(WorkingSet.FILE));
        old.ifPresent(new WorkingSetWriter(snapshot)::write);
    }

    private void assertIs(Optional<WorkingSet> set) {
        assertThat(snapshot.workingSet()).isEqualTo(set);
        // Its pages are those of the memory.
        assertThat(snapshot.checkMemory(SnapshotProgress.NONE)).isZero();
    }

    private List<Path> hidden() throws IOException {
        try (Stream<Path> entries = Files.list(snapshot.directory())) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("."))
                    .toList();
        }
    }
}
