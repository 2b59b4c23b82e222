// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

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
    private static final String FULL = "No space left on device";

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
        FaultyFiles files = new FaultyFiles(-1, FULL);
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

    private void assertOldOrNew(int failing, boolean named) throws IOException {
        WorkingSet before = of(6, 8);
        WorkingSet after = next();
        for (boolean first : new boolean[] {true, false}) {
            Files.deleteIfExists(snapshot.directory().resolve(WorkingSet.FILE));
            if (!first) {
                new WorkingSetWriter(snapshot).write(before);
            }
            assertThatExceptionOfType(SnapshotException.class)
                    .isThrownBy(() -> new WorkingSetWriter(snapshot, new FaultyFiles(failing, FULL)).write(after))
                    .withMessageContaining("the working set cannot be written: " + FULL);

            assertThat(hidden()).isEmpty();
            Optional<WorkingSet> old = first ? Optional.empty() : Optional.of(before);
            assertThat(snapshot.workingSet()).isEqualTo(named ? Optional.of(after) : old);
            // Its pages are those of the memory.
            assertThat(snapshot.checkMemory(SnapshotProgress.NONE)).isZero();
        }
    }

    private List<Path> hidden() throws IOException {
        try (Stream<Path> entries = Files.list(snapshot.directory())) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("."))
                    .toList();
        }
    }
}
