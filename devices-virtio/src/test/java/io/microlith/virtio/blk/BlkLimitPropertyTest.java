// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.virtio.limit.RateLimiter;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** A disk whose limits change while requests wait for them, and which is reset meanwhile. */
class BlkLimitPropertyTest {
    private static final int SIZE = 1 << 20;
    private static final int SECTOR = 512;
    private static final int MOST_WAITING = 12;
    private static final byte OK = 0;
    private static final byte UNTOUCHED = 0x55;
    private static final long TOO_LONG = 20_000_000_000L;

    /** What happens. */
    enum Action {
        REQUEST,
        LIMIT,
        STARVE,
        UNLIMIT,
        WAIT,
        RESET,
        RESET_QUEUE
    }

    /** What happens, and how much of it. */
    record Step(Action action, int amount) {}

    /** A guest that knows which of its requests are not answered yet. */
    private static final class Asking implements AutoCloseable {
        final RateLimiter limiter = RateLimiter.unlimited();
        final BlkGuest guest =
                new BlkGuest(BlkConfig.of(() -> new MemoryBackend(SIZE)).limiter(limiter));
        final List<Long> waiting = new ArrayList<>();
        private final long data = guest.driver.heap().take(8L * SECTOR, 16);

        void play(Step step) {
            switch (step.action()) {
                case REQUEST -> request(step.amount());
                case LIMIT -> limiter.limit(step.amount() * 100_000L, step.amount() * 20L);
                case STARVE -> limiter.limit(1, 1);
                case UNLIMIT -> limiter.limit(RateLimiter.UNLIMITED, RateLimiter.UNLIMITED);
                case WAIT -> guest.machine.eventLoop().poll(step.amount() * 1_000_000L);
                case RESET -> {
                    waiting.clear();
                    guest.begin();
                }
                case RESET_QUEUE -> {
                    waiting.clear();
                    guest.driver.resetQueue(0);
                    guest.queue = guest.driver.setUpQueue(0, 64);
                }
            }
            take();
        }

        private void request(int sectors) {
            if (waiting.size() < MOST_WAITING) {
                waiting.add(guest.add(BlkRequest.OUT, 1, GuestBuffer.readable(data, (long) sectors * SECTOR)));
                guest.driver.kick(0);
            }
        }

        /** Takes answers: one for each request, in their order. */
        void take() {
            int answers = guest.driver.drain(guest.queue).size();
            assertThat(answers).isLessThanOrEqualTo(waiting.size());
            List<Long> answered = waiting.subList(0, answers);
            assertThat(answered).allMatch(status -> guest.machine.memory().getByte(status) == OK);
            answered.clear();
            assertThat(waiting).allMatch(status -> guest.machine.memory().getByte(status) == UNTOUCHED);
        }

        void awaitAll() {
            long begin = System.nanoTime();
            while (!waiting.isEmpty()) {
                guest.machine.eventLoop().poll(1_000_000_000L);
                take();
                assertThat(System.nanoTime() - begin).as("%s are lost", waiting).isLessThan(TOO_LONG);
            }
        }

        @Override
        public void close() {
            guest.close();
        }
    }

    @Property(tries = 25)
    void limits_changeWhileRequestsWait_noneIsLostOrDoneTwice(@ForAll("steps") List<Step> steps) {
        try (Asking asking = new Asking()) {
            steps.forEach(asking::play);
            asking.play(new Step(Action.REQUEST, 1));
            asking.play(new Step(Action.UNLIMIT, 0));
            asking.awaitAll();
            assertThat(asking.guest.driver.status() & GuestDriver.NEEDS_RESET).isZero();
            asking.guest.machine.eventLoop().poll(0);
            assertThat(asking.guest.driver.drain(asking.guest.queue)).isEmpty();
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Action> actions = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.just(Action.REQUEST)), Tuple.of(1, Arbitraries.of(Action.class)));
        return Combinators.combine(actions, Arbitraries.integers().between(1, 8))
                .as(Step::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(40);
    }
}
