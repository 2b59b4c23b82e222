// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot.pager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.testkit.RequiresUserFaultFd;
import io.microlith.vmm.event.Uninterruptibly;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pages that come when they are wanted, and what happens when they do not. */
@RequiresUserFaultFd
@Timeout(120)
class PagerTest {
    private static final Duration SHORT = Duration.ofMillis(200);

    /** The most that anything may take that has a bound of {@link #SHORT} on a busy host. */
    private static final long BOUND_SECONDS = 20;

    private static final long HIGH_PAGE = PagedMachine.LOW_SIZE / Pager.PAGE;

    private final List<Long> missed = Collections.synchronizedList(new ArrayList<>());

    private final PagerEvents events = new PagerEvents() {
        @Override
        public void onMiss(long page, long count, long nanos) {
            LongStream.range(page, page + count).forEach(missed::add);
        }
    };

    @Test
    void touch_byTheKernel_bringsThatPage() {
        try (PagedMachine machine = new PagedMachine(Duration.ofSeconds(20), events).started()) {
            for (long page : new long[] {7, 10, HIGH_PAGE - 1, HIGH_PAGE, PagedMachine.PAGES - 1, 7}) {
                assertThat(machine.touch(page)).isEqualTo(PagedMachine.word(page));
            }
            // Who waited goes on before the pager has noted it.
            while (missed.size() < 5) {
                Thread.onSpinWait();
            }
            assertThat(missed).containsExactly(7L, 10L, HIGH_PAGE - 1, HIGH_PAGE, PagedMachine.PAGES - 1);
            assertThat(machine.pager.missing()).isEqualTo(PagedMachine.PAGES - 5);
        }
    }

    @Test
    void access_byJava_bringsWhatItTouches() {
        try (PagedMachine machine = new PagedMachine(Duration.ofSeconds(20), events).started()) {
            // Across two pages.
            assertThat(machine.memory.getLong(8 * Pager.PAGE - 4) >>> 32).isEqualTo(NumberedPages.word(8));
            assertThat(missed).containsExactly(7L, 8L);
            machine.memory.putLong(PagedMachine.HIGH, 99);
            assertThat(machine.touch(HIGH_PAGE)).isEqualTo(99);
            assertThat(machine.memory.slice(16 * Pager.PAGE, 3 * Pager.PAGE).byteSize())
                    .isEqualTo(3 * Pager.PAGE);
            assertThat(missed).containsExactly(7L, 8L, HIGH_PAGE, 16L, 17L, 18L);
        }
    }

    @Test
    void finish_rest_isBroughtAndThePagerIsDone() {
        try (PagedMachine machine = new PagedMachine().started()) {
            machine.memory.putLong(PagedMachine.gpa(11), 1234);
            machine.pager.finish();
            assertThat(machine.pager.isComplete()).isTrue();
            for (long page = 0; page < PagedMachine.PAGES; page++) {
                assertThat(machine.memory.getLong(PagedMachine.gpa(page)))
                        .isEqualTo(page == 11 ? 1234 : PagedMachine.word(page));
            }
            assertThat(machine.failures).isEmpty();
        }
    }

    @Test
    void garbageCollection_inALoopUnderFaults_stopsNobody() throws Exception {
        try (PagedMachine machine = new PagedMachine().started()) {
            AtomicBoolean done = new AtomicBoolean();
            Thread collector = Thread.ofPlatform().daemon().start(() -> {
                while (!done.get()) {
                    System.gc();
                }
            });
            List<CompletableFuture<Void>> users = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                long seed = i;
                users.add(user(() -> shuffled(seed)
                        .forEach(page -> assertThat(machine.touch(page)).isEqualTo(PagedMachine.word(page)))));
                users.add(user(() -> shuffled(100 + seed)
                        .forEach(page -> assertThat(machine.memory.getLong(PagedMachine.gpa(page)))
                                .isEqualTo(PagedMachine.word(page)))));
            }
            CompletableFuture.allOf(users.toArray(CompletableFuture[]::new)).get(100, TimeUnit.SECONDS);
            done.set(true);
            collector.join();
            assertThat(machine.failures).isEmpty();
        }
    }

    private static CompletableFuture<Void> user(Runnable use) {
        return CompletableFuture.runAsync(
                use, task -> Thread.ofPlatform().daemon().start(task));
    }

    private static List<Long> shuffled(long seed) {
        List<Long> pages =
                new ArrayList<>(LongStream.range(0, PagedMachine.PAGES).boxed().toList());
        Collections.shuffle(pages, new Random(seed));
        return pages;
    }

    /** A vCPU that waits is let go, the machine's end is said once, and Java code that asks is refused. */
    private static void assertEnds(PagedMachine machine, String reason) throws Exception {
        CompletableFuture<Long> vcpu = machine.touchLater(2);
        var _ = vcpu.get(BOUND_SECONDS, TimeUnit.SECONDS);
        assertThat(machine.failures)
                .singleElement()
                .satisfies(failure ->
                        assertThat(failure).isInstanceOf(PagerException.class).hasMessageContaining(reason));
        assertThatExceptionOfType(PagerException.class).isThrownBy(() -> machine.memory.getByte(PagedMachine.gpa(3)));
    }

    @Test
    void source_fails_endsTheMachineAndLetsEverybodyGo() throws Exception {
        try (PagedMachine machine = new PagedMachine().started()) {
            assertThat(machine.touch(1)).isEqualTo(NumberedPages.word(1));
            machine.source.fails = true;
            assertEnds(machine, "the medium is gone");
            // What is there is there.
            assertThat(machine.memory.getLong(PagedMachine.gpa(1))).isEqualTo(NumberedPages.word(1));
        }
    }

    @Test
    void thread_dies_endsTheMachineAndLetsEverybodyGo() throws Exception {
        try (PagedMachine machine = new PagedMachine().started()) {
            machine.source.dies = true;
            assertEnds(machine, "the pager's thread died");
        }
    }

    @Test
    void source_stalls_endsTheMachineAndLetsEverybodyGo() throws Exception {
        PagedMachine machine = new PagedMachine(SHORT, PagerEvents.NONE).started();
        machine.source.stalls = true;
        CompletableFuture<Long> vcpu = machine.touchLater(2);
        CompletableFuture<Void> device = user(() -> assertThatExceptionOfType(PagerException.class)
                .isThrownBy(() -> machine.memory.getByte(PagedMachine.gpa(3))));
        var _ = vcpu.get(BOUND_SECONDS, TimeUnit.SECONDS);
        device.get(BOUND_SECONDS, TimeUnit.SECONDS);
        assertThat(machine.failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure).hasMessageContaining("no answer for 200 ms"));
        // Though it has not come back yet.
        CompletableFuture<Void> closed = user(machine::close);
        closed.get(BOUND_SECONDS, TimeUnit.SECONDS);
        machine.source.stall.release(100);
    }

    @Test
    void source_stalls_whoClosesWaitsNoLongerThanThePatience() throws Exception {
        PagedMachine machine = new PagedMachine(Duration.ofSeconds(1), PagerEvents.NONE).started();
        machine.source.stalls = true;
        CompletableFuture<Long> vcpu = machine.touchLater(2);
        var _ = vcpu.get(BOUND_SECONDS, TimeUnit.SECONDS);
        user(machine::close).get(BOUND_SECONDS, TimeUnit.SECONDS);
        machine.source.stall.release(100);
        assertThat(machine.source.closed).hasValue(1);
    }

    @Test
    void listener_doesNotReturn_endsTheMachineAndLetsEverybodyGo() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        PagerEvents events = new PagerEvents() {
            @Override
            public void onMiss(long page, long count, long nanos) {
                Uninterruptibly.run(never::await);
            }
        };
        try (PagedMachine machine = new PagedMachine(SHORT, events).started()) {
            var _ = machine.touchLater(1).get(BOUND_SECONDS, TimeUnit.SECONDS);
            assertEnds(machine, "no answer for 200 ms");
        } finally {
            never.countDown();
        }
    }

    @Test
    void onFailure_afterTheFailure_isToldAtOnce() {
        try (PagedMachine machine = new PagedMachine().started()) {
            var _ = machine.pager.fail(new IOException("first"));
            var _ = machine.pager.fail(new IOException("second"));
            machine.failures.clear();
            machine.pager.onFailure(machine.failures::add);
            assertThat(machine.failures)
                    .singleElement()
                    .satisfies(failure -> assertThat(failure).hasMessageContaining("first"));
        }
    }

    @Test
    void discard_ofSome_readsAsZeroAndKeepsTheRest() {
        try (PagedMachine machine = new PagedMachine().started()) {
            machine.memory.putLong(PagedMachine.gpa(700), 5);
            assertThat(machine.memory.discard(PagedMachine.gpa(701), 3 * Pager.PAGE))
                    .isZero();
            assertThat(machine.memory.getLong(PagedMachine.gpa(700))).isEqualTo(5);
            for (long page = 701; page < 704; page++) {
                assertThat(machine.touch(page)).isZero();
                assertThat(machine.memory.getLong(PagedMachine.gpa(page))).isZero();
            }
            assertThat(machine.memory.getLong(PagedMachine.gpa(704))).isEqualTo(NumberedPages.word(704));
            assertThat(machine.touch(699)).isEqualTo(NumberedPages.word(699));
            // And again, of what was used since.
            machine.memory.putLong(PagedMachine.gpa(702), 6);
            assertThat(machine.memory.discard(PagedMachine.gpa(702), Pager.PAGE))
                    .isZero();
            assertThat(machine.memory.getLong(PagedMachine.gpa(702))).isZero();
        }
    }

    @Test
    void discard_wholeExtent_readsNothingOfIt() {
        try (PagedMachine machine = new PagedMachine(Duration.ofSeconds(20), events).started()) {
            assertThat(machine.memory.discard(Pager.EXTENT, Pager.EXTENT)).isZero();
            assertThat(missed).isEmpty();
            assertThat(machine.memory.getLong(Pager.EXTENT)).isZero();
            assertThat(machine.memory.getLong(PagedMachine.gpa(1))).isEqualTo(NumberedPages.word(1));
        }
    }

    @Test
    void discard_everySecondPage_cutsMemoryIntoExtentsAtMost() throws IOException {
        try (PagedMachine machine = new PagedMachine().started()) {
            int before = mappings();
            for (long page = 0; page < PagedMachine.PAGES; page += 2) {
                assertThat(machine.memory.discard(PagedMachine.gpa(page), Pager.PAGE))
                        .isZero();
            }
            // Other threads of this JVM map a little, too.
            assertThat(mappings() - before).isLessThan(40);
            for (long page = 0; page < PagedMachine.PAGES; page++) {
                assertThat(machine.touch(page)).isEqualTo(page % 2 == 0 ? 0 : PagedMachine.word(page));
            }
        }
    }

    private static int mappings() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).size();
    }

    @Test
    void discard_whileOthersUseIt_stopsNobody() throws Exception {
        try (PagedMachine machine = new PagedMachine().started()) {
            CompletableFuture<Void> balloon = user(() -> shuffled(1)
                    .forEach(page -> assertThat(machine.memory.discard(PagedMachine.gpa(page), Pager.PAGE))
                            .isZero()));
            CompletableFuture<Void> device = user(() -> shuffled(2)
                    .forEach(page -> assertThat(machine.memory.getLong(PagedMachine.gpa(page)))
                            .isIn(0L, PagedMachine.word(page))));
            CompletableFuture<Void> vcpu = user(() ->
                    shuffled(3).forEach(page -> assertThat(machine.touch(page)).isIn(0L, PagedMachine.word(page))));
            Thread collector = Thread.ofPlatform().daemon().start(() -> {
                while (!balloon.isDone()) {
                    System.gc();
                }
            });
            CompletableFuture.allOf(balloon, device, vcpu).get(100, TimeUnit.SECONDS);
            collector.join();
        }
    }

    @Test
    void prefetched_pages_areNotMissed() {
        try (PagedMachine machine = new PagedMachine(Duration.ofSeconds(20), events).started()) {
            machine.pager.bring(6, 9);
            machine.pager.bring(HIGH_PAGE, HIGH_PAGE + 2);
            for (long page = 6; page < 9; page++) {
                assertThat(machine.touch(page)).isEqualTo(PagedMachine.word(page));
            }
            assertThat(machine.memory.getLong(PagedMachine.HIGH + Pager.PAGE))
                    .isEqualTo(NumberedPages.word(HIGH_PAGE + 1));
            assertThat(missed).isEmpty();
        }
    }

    @Test
    void close_neverStarted_givesTheSourceBack() {
        PagedMachine machine = new PagedMachine();
        machine.close();
        assertThat(machine.source.closed).hasValue(1);
    }

    @Test
    void access_afterTheEnd_isRefused() {
        PagedMachine machine = new PagedMachine().started();
        machine.pager.close();
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> machine.memory.getByte(PagedMachine.gpa(1)));
        machine.close();
    }

    @Test
    void fail_listenerThrows_everybodyIsLetGoAllTheSame() throws Exception {
        try (PagedMachine machine = new PagedMachine().started()) {
            machine.pager.onFailure(_ -> {
                throw new IllegalStateException("listener");
            });
            machine.source.fails = true;
            CompletableFuture<Long> vcpu = machine.touchLater(2);
            var _ = vcpu.get(BOUND_SECONDS, TimeUnit.SECONDS);
            assertThatExceptionOfType(PagerException.class)
                    .isThrownBy(() -> machine.memory.getByte(PagedMachine.gpa(3)));
        }
    }

    @Test
    void discard_ofTheNextExtentMeanwhile_losesNothingOfThisOne() throws Exception {
        try (PagedMachine machine = new PagedMachine(Duration.ofSeconds(60), PagerEvents.NONE).started()) {
            long border = Pager.EXTENT / Pager.PAGE;
            // A device wants what is on both sides of a border, and its pages do not come yet.
            machine.source.stalls = true;
            CompletableFuture<Void> device = user(() -> {
                var _ = machine.memory.slice(PagedMachine.gpa(border - 3), 6 * Pager.PAGE);
            });
            while (!machine.source.stall.hasQueuedThreads()) {
                Thread.onSpinWait();
            }
            CompletableFuture<Void> balloon = user(() -> assertThat(machine.memory.discard(Pager.EXTENT, Pager.EXTENT))
                    .isZero());
            balloon.get(BOUND_SECONDS, TimeUnit.SECONDS);
            machine.source.stalls = false;
            machine.source.stall.release(100);
            device.get(BOUND_SECONDS, TimeUnit.SECONDS);
            for (long page = border - 3; page < border; page++) {
                assertThat(machine.touch(page)).isEqualTo(PagedMachine.word(page));
            }
            assertThat(machine.touch(border + 1)).isZero();
        }
    }

    @Test
    void install_acrossABorderOfCare_bringsWhatIsStillMissing() {
        try (PagedMachine machine = new PagedMachine().started();
                Arena arena = Arena.ofConfined()) {
            long border = Pager.EXTENT / Pager.PAGE;
            assertThat(machine.memory.discard(Pager.EXTENT, Pager.EXTENT)).isZero();
            MemorySegment four = arena.allocate(4 * Pager.PAGE, Pager.PAGE);
            four.fill((byte) 7);
            machine.pager.install(border - 2, four);
            assertThat(machine.touch(border - 1)).isEqualTo(0x0707_0707_0707_0707L);
            assertThat(machine.touch(border)).isZero();
        }
    }
}
