// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.microlith.snapshot.FaultyFiles.Fault;
import io.microlith.vmm.FrozenVm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Whatever fails while a snapshot is written, and whenever who writes it is killed: it is not there, or all of it is,
 * and those that were there are as they were.
 */
class WriteStepsTest extends ChangingMachine {
    /** The ways in which there can be one more: as a whole, on the one before, and of it. */
    private enum Kind {
        WHOLE {
            @Override
            void write(FrozenVm machine, Snapshot last, SnapshotWriter writer, SnapshotSettings settings) {
                var _ = new MachineWriter(machine, writer, settings).writeAll();
            }
        },
        CHANGES {
            @Override
            void write(FrozenVm machine, Snapshot last, SnapshotWriter writer, SnapshotSettings settings) {
                var _ = new MachineWriter(machine, writer, settings).writeChanges(last);
            }
        },
        MERGED {
            @Override
            void write(FrozenVm machine, Snapshot last, SnapshotWriter writer, SnapshotSettings settings) {
                var _ = last.merge(writer, settings);
            }
        };

        abstract void write(FrozenVm machine, Snapshot last, SnapshotWriter writer, SnapshotSettings settings);
    }

    private final List<byte[]> contents = new ArrayList<>();

    /** Snapshots of the machine's memory: what it holds for the first, the second, and the one that is to be. */
    @BeforeEach
    void choose() {
        byte[] page = new byte[PAGE];
        for (int moment = 0; moment < 3; moment++) {
            for (int i = 0; i < PAGES; i += 40 + moment) {
                random.nextBytes(page);
                vm.memory().write(i * (long) PAGE, page);
            }
            contents.add(Contents.of(vm.memory()));
        }
    }

    /** Two snapshots, one on the other, and the name of a third. */
    private record Place(Path directory, Snapshot first, Snapshot second) {
        Path third() {
            return directory.resolve("third");
        }
    }

    private Place place() throws IOException {
        Path made = Files.createTempDirectory(directory, "place");
        fill(0);
        Snapshot first;
        try (FrozenVm still = vm.freeze()) {
            first = Snapshot.write(still, made.resolve("first"));
        }
        fill(1);
        Snapshot second;
        try (FrozenVm still = vm.freeze()) {
            second = Snapshot.writeChanges(still, first, made.resolve("second"));
        }
        fill(2);
        return new Place(made, first, second);
    }

    private void fill(int moment) {
        vm.memory().write(0, contents.get(moment));
    }

    private void write(Kind kind, SnapshotSettings settings, Place place, SnapshotFiles files) {
        try (FrozenVm still = vm.freeze()) {
            kind.write(still, place.second(), new SnapshotWriter(place.third(), files), settings);
        }
    }

    private List<String> steps(Kind kind, SnapshotSettings settings) throws IOException {
        FaultyFiles files = FaultyFiles.sound();
        write(kind, settings, place(), files);
        return files.steps();
    }

    /** Compressed and not, of each kind. */
    private Stream<DynamicTest> each(Fault fault) throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (SnapshotSettings settings : List.of(SnapshotSettings.DEFAULT, SnapshotSettings.DEFAULT.compressed())) {
            for (Kind kind : Kind.values()) {
                List<String> steps = steps(kind, settings);
                int rename = steps.indexOf("rename");
                for (int i = 0; i < steps.size(); i++) {
                    FaultyFiles files = new FaultyFiles(fault, i);
                    boolean named = i > rename;
                    tests.add(dynamicTest(
                            kind + (settings.equals(SnapshotSettings.DEFAULT) ? " " : " compressed ") + i + " "
                                    + steps.get(i),
                            () -> assertAllOrNothing(kind, settings, files, named)));
                }
            }
        }
        return tests.stream();
    }

    @TestFactory
    List<DynamicTest> write_steps_areTheseInThisOrder() {
        return Stream.of(Kind.values())
                .map(kind -> dynamicTest(kind.toString(), () -> {
                    List<String> steps = steps(kind, SnapshotSettings.DEFAULT);
                    // What has to be on the medium is there before what names it.
                    assertThat(steps.stream().distinct())
                            .containsExactly(
                                    "create directory",
                                    "create memory",
                                    "write memory",
                                    "force memory",
                                    "close memory",
                                    "create state",
                                    "write state",
                                    "force state",
                                    "close state",
                                    "sync directory",
                                    "rename");
                    assertThat(steps).endsWith("sync directory", "rename", "sync directory");
                    assertThat(steps).filteredOn("write memory"::equals).hasSizeGreaterThan(4);
                }))
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> write_anyStepFails_leavesWhatWasThereAndNothingElse() throws IOException {
        return each(Fault.FULL);
    }

    @TestFactory
    Stream<DynamicTest> write_killedAtAnyStep_leavesAllOrNothing() throws IOException {
        return each(Fault.KILLED);
    }

    /**
     * Asserts it.
     *
     * @param named the fault comes when it has its name
     */
    private void assertAllOrNothing(Kind kind, SnapshotSettings settings, FaultyFiles files, boolean named)
            throws IOException {
        Place place = place();
        boolean killed = isKilled(kind, settings, place, files);
        byte[] third = contents.get(kind == Kind.MERGED ? 1 : 2);

        // What a process that is killed leaves has a dot.
        assertThat(names(place.directory()).stream().filter(name -> !killed || !name.startsWith(".")))
                .containsExactlyElementsOf(
                        killed && named ? List.of("first", "second", "third") : List.of("first", "second"));
        assertRestored(place.first(), contents.get(0));
        assertRestored(place.second(), contents.get(1));
        if (!(killed && named)) {
            write(kind, settings, place, new SnapshotFiles());
        }
        assertRestored(Snapshot.open(place.third()), third);
    }

    /** Has it written. Returns whether who wrote was killed; else there was an error that says why. */
    private boolean isKilled(Kind kind, SnapshotSettings settings, Place place, FaultyFiles files) {
        try {
            write(kind, settings, place, files);
        } catch (FaultyFiles.Killed _) {
            return true;
        } catch (SnapshotException e) {
            assertThat(e).hasMessage("snapshot " + place.third() + ": it cannot be written: " + FaultyFiles.NO_ROOM);
            return false;
        }
        throw new AssertionError("nothing happened");
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
