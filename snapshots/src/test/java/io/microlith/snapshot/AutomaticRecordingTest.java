// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static io.microlith.snapshot.NumberedMachine.check;
import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.linux.Fd;
import io.microlith.linux.PosixIo;
import io.microlith.testkit.FakeHypervisor;
import io.microlith.testkit.RequiresUserFaultFd;
import io.microlith.vmm.Vm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A working set that is recorded, and again, without anybody asking for it. */
@RequiresUserFaultFd
class AutomaticRecordingTest {
    @TempDir
    Path directory;

    private final FakeHypervisor hypervisor = FakeHypervisor.with();
    private NumberedMachine machine;
    private Snapshot snapshot;

    @BeforeEach
    void save() {
        machine = new NumberedMachine(hypervisor, directory);
        snapshot = machine.write("one");
    }

    @AfterEach
    void assertClean() {
        hypervisor.assertClean();
    }

    private void answer(AutomaticRecording strategy, boolean saves, int... pages) {
        try (Vm vm = machine.restored(snapshot, strategy)) {
            for (int page : pages) {
                check(vm.memory(), page);
            }
            assertThat(strategy.answered(vm)).isEqualTo(saves);
            // What comes later is not part of it.
            check(vm.memory(), 4000);
            assertThat(strategy.answered(vm)).isFalse();
        }
    }

    private int[] known() {
        return snapshot.workingSet().orElseThrow().trace();
    }

    @Test
    void automatic_machinesWantOtherPages_areRecordedWhenThatIsMuch() {
        AutomaticRecording strategy = new AutomaticRecording(snapshot, RestoreStrategy.PREFETCH);
        int[] many = IntStream.range(100, 140).toArray();
        answer(strategy, true, many);
        assertThat(known()).containsExactlyInAnyOrder(many);
        // Four of forty are a tenth.
        answer(strategy, false, 500, 502, 504, 506);
        answer(strategy, true, 600, 602, 604, 606, 608);
        assertThat(known()).hasSize(45).contains(608, 100).doesNotContain(500);
        assertThat(strategy.statistics()).isEqualTo(new AutomaticRecording.Statistics(3, 80, 49, 2));
        // Grown to twice: the next one is recorded anew.
        answer(strategy, true, IntStream.range(1000, 1040).toArray());
        answer(strategy, true, 1, 2, 3);
        assertThat(known()).containsExactly(1, 2, 3);
    }

    @Test
    void automatic_machineIsClosedWithoutAnAnswer_isForgotten() {
        AutomaticRecording strategy = new AutomaticRecording(snapshot, RestoreStrategy.PREFETCH, 0);
        machine.restored(snapshot, strategy).close();
        assertThat(snapshot.workingSet()).isEmpty();
        assertThat(strategy.statistics().machines()).isZero();
        answer(strategy, true, 1);
        // Another one knows it, and adds to it.
        answer(new AutomaticRecording(snapshot, RestoreStrategy.DIRECT, 0), true, 2);
        assertThat(known()).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void automatic_twoMachinesOfOneName_areBothCounted() {
        AutomaticRecording strategy = new AutomaticRecording(snapshot, RestoreStrategy.PREFETCH, 0);
        try (Vm one = machine.restored(snapshot, strategy);
                Vm other = machine.restored(snapshot, strategy)) {
            check(one.memory(), 1);
            check(other.memory(), 2);
            assertThat(strategy.answered(one)).isTrue();
            assertThat(known()).containsExactly(1);
            assertThat(strategy.answered(other)).isFalse();
            assertThat(strategy.answered(other)).isFalse();
        }
        assertThat(strategy.statistics().machines()).isEqualTo(2);
    }

    /** The guest, or the embedder for it, says no more than that; when the machine is closed, all is saved. */
    private void respond(AutomaticRecording strategy, int... pages) {
        try (Vm vm = machine.restored(snapshot, strategy)) {
            vm.start();
            hypervisor.vm().vcpu(0).awaitIdle();
            for (int page : pages) {
                check(vm.memory(), page);
            }
            vm.responded();
            check(vm.memory(), 4001);
            assertThat(strategy.answered(vm)).isFalse();
        }
    }

    @Test
    void automatic_guestResponds_isAnAnswer() {
        AutomaticRecording strategy = new AutomaticRecording(snapshot, RestoreStrategy.PREFETCH, 0);
        respond(strategy, 7, 8);
        assertThat(known()).containsExactly(7, 8);
        respond(strategy, 8, 11);
        assertThat(known()).containsExactly(7, 8, 11);
        respond(strategy, 8);
        assertThat(strategy.statistics()).isEqualTo(new AutomaticRecording.Statistics(3, 5, 3, 2));
    }

    @Test
    void best_nothingIsKnown_mapsTheFileAndCountsNothing() {
        AutomaticRecording strategy = AutomaticRecording.best(snapshot);
        respond(strategy, 7, 8);
        assertThat(snapshot.workingSet()).isEmpty();
        assertThat(strategy.statistics().machines()).isZero();
    }

    @Test
    void best_machineMissesMuch_workingSetIsSavedAgain() throws IOException {
        respond(new AutomaticRecording(snapshot, RestoreStrategy.PREFETCH), 7, 8);
        AutomaticRecording strategy = AutomaticRecording.best(snapshot);
        for (int page : List.of(11, 12)) {
            dropCache();
            respond(strategy, page);
        }
        // A file system in memory has nothing but its cache, from which the file is mapped.
        if (!Files.getFileStore(directory).type().equals("tmpfs")) {
            assertThat(known()).containsExactly(7, 8, 11, 12);
            assertThat(strategy.statistics()).isEqualTo(new AutomaticRecording.Statistics(2, 5, 2, 2));
        }
    }

    @Test
    void best_workingSetIsCached_mapsTheFileAndCountsNothing() throws IOException {
        respond(new AutomaticRecording(snapshot, RestoreStrategy.PREFETCH), 7, 8);
        Files.readAllBytes(snapshot.memory().file());
        AutomaticRecording strategy = AutomaticRecording.best(snapshot);
        respond(strategy, 11);
        assertThat(known()).containsExactly(7, 8);
        assertThat(strategy.statistics().machines()).isZero();
    }

    @Test
    void best_workingSetIsDamaged_mapsTheFile() throws IOException {
        Files.write(snapshot.directory().resolve(WorkingSet.FILE), new byte[NumberedMachine.PAGE]);
        AutomaticRecording strategy = AutomaticRecording.best(snapshot);
        respond(strategy, 11);
        assertThat(strategy.statistics().machines()).isZero();
    }

    private void dropCache() throws IOException {
        try (Fd file = Fd.open(snapshot.memory().file(), Fd.O_RDONLY)) {
            assertThat(PosixIo.dropCache(file)).isZero();
        }
    }
}
