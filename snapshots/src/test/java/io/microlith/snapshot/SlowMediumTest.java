// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static io.microlith.snapshot.NumberedMachine.check;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.linux.PosixIo;
import io.microlith.testkit.FakeHypervisor;
import io.microlith.testkit.RequiresUserFaultFd;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.event.Uninterruptibly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A medium of this host that does not answer, where pages are read before anybody waits for them: nobody waits for it
 * much longer than was said, and what is in a call that does not end is given up when it does.
 */
@RequiresUserFaultFd
@Timeout(60)
class SlowMediumTest {
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final String NO_ANSWER = "no answer for 200 ms";

    @TempDir
    Path directory;

    private final FakeHypervisor hypervisor = FakeHypervisor.with();
    private final CountDownLatch answer = new CountDownLatch(1);
    private NumberedMachine machine;
    private Snapshot snapshot;

    @BeforeEach
    void save() {
        machine = new NumberedMachine(hypervisor, directory);
        snapshot = machine.write("one");
        Recording recording = new Recording(snapshot);
        try (Vm vm = machine.restored(snapshot, recording)) {
            List.of(3, 5, 1030).forEach(page -> check(vm.memory(), page));
            recording.save();
        }
    }

    @AfterEach
    void assertClean() {
        hypervisor.assertClean();
    }

    /** All that is not read at once when the file is opened comes when there is an answer. */
    private WorkingSetReader slow(Snapshot of) {
        return WorkingSetReader.open(of, (file, into, place) -> {
            if (into.byteSize() >= NumberedMachine.PAGE && place > 0) {
                Uninterruptibly.run(answer::await);
            }
            PosixIo.readFully(file, into, place);
        });
    }

    static Stream<Function<Function<Snapshot, WorkingSetReader>, Prefetch>> before() {
        return Stream.of(Foreground::new, Direct::new);
    }

    static Stream<RestoreStrategy> all() {
        return Stream.of(
                RestoreStrategy.LAZY.patience(SHORT),
                RestoreStrategy.PREFETCH.patience(SHORT),
                RestoreStrategy.OVERLAPPED.patience(SHORT),
                RestoreStrategy.DIRECT.patience(SHORT),
                new ReadAhead(SHORT),
                new Best(SHORT));
    }

    private void assertRefused(RestoreStrategy strategy) {
        assertThatExceptionOfType(SnapshotException.class)
                .isThrownBy(() -> machine.restored(snapshot, strategy))
                .withMessageContaining(NO_ANSWER);
    }

    @ParameterizedTest
    @MethodSource("before")
    void restore_readDoesNotEnd_isRefused(Function<Function<Snapshot, WorkingSetReader>, Prefetch> prefetch)
            throws Exception {
        assertRefused(Paging.of("slow", prefetch.apply(this::slow)).patience(SHORT));
        assertThat(open()).isPositive();
        answer.countDown();
        awaitOpen(0);
    }

    /** What was in a call gives up what it has when that ends. */
    private void awaitOpen(long files) throws IOException, InterruptedException {
        while (open() > files) {
            Thread.sleep(1);
        }
    }

    private long open() throws IOException {
        return NumberedMachine.openFiles().stream()
                .filter(path -> path.startsWith(directory))
                .count();
    }

    @Test
    void run_readDoesNotEnd_endsTheMachineAndClosingItIsBounded() throws Exception {
        // Longer than a busy host takes to restore it.
        Vm vm = machine.restored(
                snapshot, Paging.of("slow", new Background(this::slow)).patience(Duration.ofSeconds(1)));
        vm.start();
        assertThat(vm.timings().workingSet()).isEmpty();
        assertThat(vm.outcome().toCompletableFuture().get(20, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        VmOutcome.HostError.class,
                        error -> assertThat(error.cause()).hasMessageContaining("no answer for 1000 ms"));
        CompletableFuture.runAsync(vm::close, task -> Thread.ofPlatform().start(task))
                .get(20, TimeUnit.SECONDS);
        assertThat(open()).isPositive();
        answer.countDown();
        awaitOpen(0);
    }

    /** To open it is to wait for somebody who writes. */
    @ParameterizedTest
    @MethodSource("all")
    void restore_fileCannotBeOpened_isRefused(RestoreStrategy strategy) throws Exception {
        Path file = strategy.toString().equals("lazy")
                ? snapshot.memory().file()
                : snapshot.directory().resolve(WorkingSet.FILE);
        Files.delete(file);
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();
        assertRefused(strategy);
        if (!strategy.toString().equals("lazy")) {
            assertThatExceptionOfType(SnapshotException.class)
                    .isThrownBy(() -> Recording.from(snapshot, RestoreStrategy.PREFETCH.patience(SHORT)))
                    .withMessageContaining(NO_ANSWER);
        }
        // With both ends of it, all can be opened.
        try (FileChannel _ = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            awaitOpen(1);
        }
    }

    @Test
    void run_resultComesLate_isGivenUp() throws Exception {
        CompletableFuture<String> discarded = new CompletableFuture<>();
        assertThatExceptionOfType(NoAnswerException.class)
                .isThrownBy(() -> Supervised.run(
                        SHORT,
                        _ -> {
                            Uninterruptibly.run(answer::await);
                            return "late";
                        },
                        discarded::complete));
        answer.countDown();
        assertThat(discarded.get(20, TimeUnit.SECONDS)).isEqualTo("late");
    }

    @Test
    void run_resultOrFailure_isTheCallers() throws IOException {
        String result = Supervised.run(SHORT.multipliedBy(50), _ -> "mine", _ -> {});
        assertThat(result).isEqualTo("mine");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> Supervised.run(
                        SHORT.multipliedBy(50),
                        _ -> {
                            throw new IllegalStateException("mine");
                        },
                        _ -> {}))
                .withMessage("mine");
    }
}
