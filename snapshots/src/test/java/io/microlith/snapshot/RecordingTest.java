// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static io.microlith.snapshot.NumberedMachine.MEMORY;
import static io.microlith.snapshot.NumberedMachine.PAGE;
import static io.microlith.snapshot.NumberedMachine.check;
import static io.microlith.snapshot.NumberedMachine.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.linux.Fd;
import io.microlith.linux.PosixIo;
import io.microlith.snapshot.pager.FilePages;
import io.microlith.snapshot.pager.PagerEvents;
import io.microlith.snapshot.pager.PagerException;
import io.microlith.testkit.FakeBoard;
import io.microlith.testkit.FakeHypervisor;
import io.microlith.testkit.RequiresUserFaultFd;
import io.microlith.vmm.Capability;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.PageBacking;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A working set that is recorded, saved, and prefetched; and one that does not fit. */
@RequiresUserFaultFd
class RecordingTest {
    /** In the order of their use: neighbours, zeros, lonely ones, and an extent of which much is wanted, in pieces. */
    private static final List<Integer> USED = new ArrayList<>(List.of(1302, 1301, 1303, 20, 1200, 7 * 512, 3));

    static {
        for (int page = 1024; page < 1024 + 100; page++) {
            USED.add(page);
        }
    }

    @TempDir
    Path directory;

    private final FakeHypervisor hypervisor = FakeHypervisor.with(Capability.PRE_FAULT);
    private Snapshot snapshot;

    static Stream<Paging> prefetching() {
        return Stream.of(RestoreStrategy.PREFETCH, RestoreStrategy.OVERLAPPED, RestoreStrategy.DIRECT);
    }

    @BeforeEach
    void save() {
        snapshot = write("one");
    }

    @AfterEach
    void assertClean() {
        hypervisor.assertClean();
    }

    private Snapshot write(String name) {
        return machine().write(name);
    }

    private NumberedMachine machine() {
        return new NumberedMachine(hypervisor, directory);
    }

    private Vm restored(Snapshot from, RestoreStrategy strategy) {
        return machine().restored(from, strategy);
    }

    private static void use(GuestMemory memory) {
        USED.forEach(page -> check(memory, page));
    }

    @Test
    void write_ofAMachineWithPagesMissing_hasThemAll() {
        Snapshot again;
        try (Vm vm = restored(snapshot, RestoreStrategy.LAZY)) {
            vm.start();
            vm.memory().putLong(5 * PAGE + 8, 1);
            assertThat(vm.memory().discard(6 * PAGE, PAGE)).isZero();
            try (FrozenVm frozen = vm.freeze()) {
                again = Snapshot.write(frozen, directory.resolve("again"));
            }
        }
        try (Vm vm = restored(again, RestoreStrategy.EAGER)) {
            for (int page = 0; page < MEMORY.bytes() / PAGE; page++) {
                assertThat(vm.memory().getLong((long) page * PAGE + 8))
                        .isEqualTo(page == 5 ? 1 : page == 6 ? 0 : content(page));
            }
        }
    }

    @Test
    void best_workingSetIsCached_mapsTheFile() throws IOException {
        record();
        Snapshot found = Snapshot.open(snapshot.directory());
        Files.readAllBytes(found.memory().file());
        assertThat(isCached(found)).isTrue();
        try (Vm vm = restored(found, RestoreStrategy.BEST)) {
            assertThat(vm.timings().workingSet()).isEmpty();
            use(vm.memory());
        }
        dropCache(found);
        // A file system in memory has nothing else.
        assertThat(isCached(found)).isEqualTo(onTmpfs());
        try (Vm vm = restored(found, RestoreStrategy.BEST)) {
            use(vm.memory());
        }
    }

    private static void dropCache(Snapshot of) {
        try (Fd file = Fd.open(of.memory().file(), Fd.O_RDONLY)) {
            assertThat(PosixIo.dropCache(file)).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("readingAhead")
    void restore_fewPagesNearEachOther_areReadIntoThePageCache(RestoreStrategy strategy) throws Exception {
        record();
        Snapshot found = Snapshot.open(snapshot.directory());
        dropCache(found);
        assertThat(isCached(found)).isEqualTo(onTmpfs());
        try (Vm vm = restored(found, strategy)) {
            assertThat(vm.timings().workingSet()).isEmpty();
            long begin = System.nanoTime();
            while (!isCached(found) && System.nanoTime() - begin < 10_000_000_000L) {
                Thread.sleep(1);
            }
            assertThat(isCached(found)).isTrue();
            use(vm.memory());
        }
    }

    static Stream<RestoreStrategy> readingAhead() {
        return Stream.of(RestoreStrategy.READ_AHEAD, RestoreStrategy.BEST);
    }

    @Test
    void best_pagesAreFarFromEachOther_areReadDirectly() throws IOException {
        Recording recording = new Recording(snapshot);
        try (Vm vm = restored(snapshot, recording)) {
            for (int page = 1; page < MEMORY.bytes() / PAGE; page += 35) {
                check(vm.memory(), page);
            }
            recording.save();
        }
        Snapshot found = Snapshot.open(snapshot.directory());
        dropCache(found);
        try (Vm vm = restored(found, RestoreStrategy.BEST)) {
            assertThat(vm.timings().workingSet().isPresent()).isNotEqualTo(onTmpfs());
            check(vm.memory(), 36);
            check(vm.memory(), 37);
        }
    }

    private static boolean isCached(Snapshot of) {
        return CacheProbe.isCached(of.memory(), of.workingSet().orElseThrow());
    }

    private boolean onTmpfs() throws IOException {
        return Files.getFileStore(directory).type().equals("tmpfs");
    }

    private WorkingSet record() {
        Recording recording = new Recording(snapshot);
        try (Vm vm = restored(snapshot, recording)) {
            use(vm.memory());
            return recording.save();
        }
    }

    @Test
    void save_pagesThatWereWanted_areInTheirOrder() {
        assertThat(snapshot.workingSet()).isEmpty();
        WorkingSet set = record();
        assertThat(set.trace())
                .containsExactly(USED.stream().mapToInt(page -> page).toArray());
        assertThat(set.runs().subList(0, 3))
                .containsExactly(new WorkingSet.Run(1301, 3), new WorkingSet.Run(7 * 512, 1), new WorkingSet.Run(3, 1));
        assertThat(Snapshot.open(snapshot.directory()).workingSet()).contains(set);
    }

    @Test
    void save_guestHasResponded_isOfWhatCameBefore() {
        Recording recording = new Recording(snapshot);
        try (Vm vm = restored(snapshot, recording)) {
            vm.start();
            hypervisor.vm().vcpu(0).awaitIdle();
            check(vm.memory(), 17);
            vm.responded();
            use(vm.memory());
            assertThat(recording.save().trace()).containsExactly(17);
        }
    }

    @Test
    void save_laterUse_isNotPartOfIt() {
        Recording recording = new Recording(snapshot);
        try (Vm vm = restored(snapshot, recording)) {
            check(vm.memory(), 17);
            assertThat(recording.end().trace()).containsExactly(17);
            use(vm.memory());
            assertThat(recording.save().trace()).containsExactly(17);
        }
    }

    @ParameterizedTest
    @MethodSource("prefetching")
    void restore_withAWorkingSet_missesNothingOfItAndTheRestIsRight(Paging strategy) {
        WorkingSet set = record();
        AtomicLong misses = new AtomicLong();
        CompletableFuture<Long> prefetched = new CompletableFuture<>();
        PagerEvents events = new PagerEvents() {
            @Override
            public void onMiss(long page, long count, long nanos) {
                misses.addAndGet(count);
            }

            @Override
            public void onPrefetch(long pages, long nanos) {
                prefetched.complete(pages);
            }
        };
        try (Vm vm = restored(snapshot, strategy.events(events))) {
            long pages = prefetched.join();
            assertThat(vm.timings().workingSet())
                    .hasValueSatisfying(time -> assertThat(time).isPositive());
            use(vm.memory());
            assertThat(misses).hasValue(0);
            assertThat(pages).isGreaterThanOrEqualTo(set.size());
            for (int page = 0; page < MEMORY.bytes() / PAGE; page++) {
                check(vm.memory(), page);
            }
        }
    }

    /** The pages that were mapped for the guest before it ran. */
    private BitSet mapped(RestoreStrategy strategy) {
        BitSet pages = new BitSet();
        try (Vm _ = restored(snapshot, strategy)) {
            hypervisor
                    .vm()
                    .vcpu(0)
                    .preFaulted()
                    .forEach(range -> pages.set((int) (range.base() / PAGE), (int) (range.last() / PAGE) + 1));
        }
        return pages;
    }

    @Test
    void restore_withAWorkingSet_mapsForTheGuestWhatIsThere() {
        record();

        BitSet used = new BitSet();
        USED.forEach(used::set);
        assertThat(mapped(RestoreStrategy.PREFETCH)).isEqualTo(used);
        BitSet direct = mapped(RestoreStrategy.DIRECT);
        used.andNot(direct);
        assertThat(used.isEmpty()).isTrue();
        assertThat(direct.get(1024, 1536).cardinality()).isEqualTo(512);
        assertThat(mapped(RestoreStrategy.LAZY).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("prefetching")
    void restore_withoutAWorkingSet_saysSo(Paging strategy) {
        assertThatExceptionOfType(SnapshotException.class)
                .isThrownBy(() -> restored(snapshot, strategy))
                .withMessageContaining("working set cannot be read");
    }

    @Test
    void from_known_addsWhatWasMissed() {
        WorkingSet set = record();
        Recording recording = Recording.from(snapshot, RestoreStrategy.PREFETCH);
        try (Vm vm = restored(snapshot, recording)) {
            use(vm.memory());
            assertThat(recording.misses()).isZero();
            check(vm.memory(), 2222);
            check(vm.memory(), 1303);
            assertThat(recording.misses()).isEqualTo(1);
            int[] union = recording.save().trace();
            assertThat(union).hasSize(set.size() + 1).startsWith(set.trace()).endsWith(2222);
        }
    }

    @Test
    void best_whateverIsThere_isRestored() throws IOException {
        assertThat(restoredOpens(RestoreStrategy.BEST)).isTrue();
        var _ = record();
        assertThat(restoredOpens(RestoreStrategy.BEST)).isTrue();
        Files.write(snapshot.directory().resolve(WorkingSet.FILE), new byte[PAGE]);
        assertThat(restoredOpens(RestoreStrategy.BEST)).isTrue();
    }

    private boolean restoredOpens(RestoreStrategy strategy) {
        try (Vm vm = restored(snapshot, strategy)) {
            use(vm.memory());
            return true;
        }
    }

    /** One that is of another snapshot, or damaged, or cut short, or of more than the memory has. */
    static Stream<Function<byte[], byte[]>> damages() {
        return Stream.of(
                file -> changed(file, 0),
                file -> changed(file, 9),
                file -> changed(file, 13),
                file -> changed(file, 33),
                file -> changed(file, 39),
                file -> changed(file, 41),
                file -> changed(file, WorkingSetFile.HEADER_SIZE + 1),
                file -> Arrays.copyOf(file, file.length - PAGE),
                file -> Arrays.copyOf(file, file.length + PAGE),
                file -> Arrays.copyOf(file, 100),
                file -> new byte[0]);
    }

    private static byte[] changed(byte[] file, int at) {
        byte[] changed = file.clone();
        changed[at] ^= 0x40;
        return changed;
    }

    @Test
    void checkMemory_workingSetsPageIsAnother_isRefused() throws IOException {
        var _ = record();
        List<Long> heard = new ArrayList<>();
        assertThat(snapshot.checkMemory((done, total) -> heard.addAll(List.of(done, total))))
                .isZero();
        long all = MEMORY.bytes() + (long) snapshot.workingSet().orElseThrow().contents() * PAGE;
        assertThat(heard.subList(heard.size() - 4, heard.size())).containsOnly(all);
        assertThat(heard).contains(MEMORY.bytes());
        Path file = snapshot.directory().resolve(WorkingSet.FILE);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, changed(bytes, bytes.length - 1));

        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> snapshot.checkMemory(SnapshotProgress.NONE))
                .withMessageContaining("WorkingSet.content")
                .withMessageContaining(file.toString());
    }

    @ParameterizedTest
    @MethodSource("damages")
    void restore_damagedWorkingSet_isRefusedAndNothingIsLeft(Function<byte[], byte[]> damage) throws IOException {
        var _ = record();
        Path file = snapshot.directory().resolve(WorkingSet.FILE);
        Files.write(file, damage.apply(Files.readAllBytes(file)));
        for (Paging strategy : prefetching().toList()) {
            assertThatExceptionOfType(InvalidStateException.class)
                    .isThrownBy(() -> restored(snapshot, strategy))
                    .withMessageContaining("WorkingSet");
        }
        assertThat(NumberedMachine.openFiles()).noneMatch(path -> path.startsWith(directory));
    }

    @Test
    void restore_workingSetOfAnother_isStale() throws IOException {
        var _ = record();
        Snapshot other = write("two");
        Files.copy(
                snapshot.directory().resolve(WorkingSet.FILE), other.directory().resolve(WorkingSet.FILE));
        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> restored(other, RestoreStrategy.PREFETCH))
                .withMessageContaining("WorkingSet.snapshot");
        assertThatExceptionOfType(InvalidStateException.class).isThrownBy(other::workingSet);
    }

    @Test
    void restore_hugetlbPages_areRefused() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> VmBuilder.on(hypervisor)
                        .board(new FakeBoard())
                        .pages(PageBacking.HUGE_2M)
                        .restore(snapshot.restoration(RestoreStrategy.LAZY))
                        .build())
                .withMessageContaining("restore eagerly");
    }

    @Test
    void recording_anotherSnapshot_isRefused() {
        Snapshot other = write("two");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> restored(other, new Recording(snapshot)))
                .withMessageContaining("one snapshot");
    }

    @Test
    void restore_memoryCutShort_endsTheMachine() throws IOException {
        try (Vm vm = restored(snapshot, RestoreStrategy.LAZY)) {
            vm.start();
            try (FileChannel file = FileChannel.open(snapshot.memory().file(), StandardOpenOption.WRITE)) {
                file.truncate(PAGE);
            }
            assertThatExceptionOfType(PagerException.class)
                    .isThrownBy(() -> vm.memory().getByte(5 * PAGE));
            assertThat(vm.outcome().toCompletableFuture().join())
                    .isInstanceOfSatisfying(
                            VmOutcome.HostError.class,
                            error -> assertThat(error.cause()).hasMessageContaining("the file ends"));
        }
    }

    @Test
    void source_elsewhere_isAskedForEachPageThatIsMissing() throws IOException {
        Path elsewhere = directory.resolve("elsewhere");
        Files.move(snapshot.memory().file(), elsewhere);
        // As large, with nothing in it.
        try (FileChannel placeholder =
                FileChannel.open(snapshot.memory().file(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            placeholder.write(ByteBuffer.allocate(1), MEMORY.bytes() - 1);
        }
        Paging strategy = RestoreStrategy.LAZY.source(_ -> new FilePages(elsewhere));
        try (Vm vm = restored(snapshot, strategy)) {
            use(vm.memory());
        }
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> Recording.from(snapshot, strategy));
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> RestoreStrategy.DIRECT.source(_ -> new FilePages(elsewhere)));
    }

    @Test
    void restore_memoryCutShortBefore_isRefused() throws IOException {
        try (FileChannel file = FileChannel.open(snapshot.memory().file(), StandardOpenOption.WRITE)) {
            file.truncate(PAGE);
        }
        for (RestoreStrategy strategy : List.of(RestoreStrategy.LAZY, RestoreStrategy.EAGER)) {
            assertThatExceptionOfType(SnapshotException.class)
                    .isThrownBy(() -> restored(snapshot, strategy))
                    .withMessageContaining("and not the machine's");
        }
    }
}
