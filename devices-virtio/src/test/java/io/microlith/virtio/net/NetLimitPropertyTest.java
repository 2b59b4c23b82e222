// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.limit.RateLimiter;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.virtio.testkit.UsedBuffer;
import io.microlith.vmm.device.Device;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** A network device whose limits, each way, change while frames wait for them, and which is reset meanwhile. */
class NetLimitPropertyTest {
    private static final int QUEUE_SIZE = 32;
    private static final int FRAME = 60;
    private static final int BUFFER = 200;
    private static final long TOO_LONG = 20_000_000_000L;

    /** What happens. */
    enum Action {
        SEND,
        GIVE,
        ARRIVE,
        LIMIT_SENDING,
        LIMIT_RECEIVING,
        STARVE,
        UNLIMIT,
        WAIT,
        RESET,
        RESET_SENDING,
        RESET_RECEIVING
    }

    /** What happens, and how much of it. */
    record Step(Action action, int amount) {}

    /** A guest that knows which frames are under way. They are numbered. */
    private static final class Traffic implements AutoCloseable {
        final RateLimiter receiveLimiter = RateLimiter.unlimited();
        final RateLimiter sendLimiter = RateLimiter.unlimited();
        final FrameBackend backend = new FrameBackend();
        final FakeDeviceContext machine = new FakeDeviceContext("net");
        final Device device =
                new NetFactory().create(NetConfig.of(() -> backend).limiters(receiveLimiter, sendLimiter), machine);
        final GuestDriver driver = new GuestDriver(machine);
        final Deque<Integer> arriving = new ArrayDeque<>();
        final Deque<Integer> leaving = new ArrayDeque<>();
        private final Map<Integer, Long> given = new HashMap<>();
        private final Deque<Long> spare = new ArrayDeque<>();
        private final long header = driver.heap().take(NetGuest.HEADER, 16);
        private SplitDriverQueue receiving;
        private SplitDriverQueue sending;
        private int number;

        Traffic() {
            for (int i = 0; i < QUEUE_SIZE; i++) {
                spare.add(driver.heap().take(BUFFER, 16));
            }
            driver.begin(GuestDriver.ALL_OF_SPLIT_QUEUES);
            receiving = driver.setUpQueue(0, QUEUE_SIZE);
            sending = driver.setUpQueue(1, QUEUE_SIZE);
            driver.ready();
        }

        void play(Step step) {
            switch (step.action()) {
                case SEND -> send();
                case GIVE -> give(step.amount());
                case ARRIVE -> {
                    number++;
                    arriving.add(number);
                    backend.arrive(frame(number));
                }
                case LIMIT_SENDING -> sendLimiter.limit(step.amount() * 3000L, step.amount() * 20L);
                case LIMIT_RECEIVING -> receiveLimiter.limit(step.amount() * 3000L, step.amount() * 20L);
                case STARVE -> (step.amount() % 2 == 0 ? sendLimiter : receiveLimiter).limit(1, 1);
                case UNLIMIT -> {
                    receiveLimiter.limit(RateLimiter.UNLIMITED, RateLimiter.UNLIMITED);
                    sendLimiter.limit(RateLimiter.UNLIMITED, RateLimiter.UNLIMITED);
                }
                case WAIT -> machine.eventLoop().poll(step.amount() * 1_000_000L);
                case RESET -> {
                    forgetBuffers();
                    leaving.clear();
                    driver.begin(GuestDriver.ALL_OF_SPLIT_QUEUES);
                    receiving = driver.setUpQueue(0, QUEUE_SIZE);
                    sending = driver.setUpQueue(1, QUEUE_SIZE);
                    driver.addStatus(GuestDriver.DRIVER_OK);
                }
                case RESET_SENDING -> {
                    leaving.clear();
                    driver.resetQueue(1);
                    sending = driver.setUpQueue(1, QUEUE_SIZE);
                }
                case RESET_RECEIVING -> {
                    forgetBuffers();
                    driver.resetQueue(0);
                    receiving = driver.setUpQueue(0, QUEUE_SIZE);
                }
            }
            driver.settle();
            take();
        }

        private void forgetBuffers() {
            spare.addAll(given.values());
            given.clear();
        }

        private static byte[] frame(int number) {
            return ByteBuffer.allocate(FRAME).putInt(number).array();
        }

        private void send() {
            if (leaving.size() < QUEUE_SIZE / 2) {
                number++;
                leaving.add(number);
                sending.add(
                        GuestBuffer.readable(header, NetGuest.HEADER),
                        GuestBuffer.readable(driver.heap().put(frame(number)), FRAME));
                driver.ring(1);
            }
        }

        private void give(int count) {
            for (int i = 0; i < count && !spare.isEmpty(); i++) {
                long buffer = spare.remove();
                given.put(receiving.add(GuestBuffer.writable(buffer, BUFFER)), buffer);
            }
            driver.ring(0);
        }

        /** Takes what came and what is sent: each frame once, in their order. */
        private void take() {
            for (UsedBuffer used : driver.drain(receiving)) {
                long buffer = given.remove(used.id());
                assertThat(used.written()).isEqualTo(NetGuest.HEADER + FRAME);
                byte[] content = new byte[FRAME];
                machine.memory().read(buffer + NetGuest.HEADER, content, 0, FRAME);
                assertThat(ByteBuffer.wrap(content).getInt()).isEqualTo(arriving.remove());
                spare.add(buffer);
            }
            List<UsedBuffer> done = driver.drain(sending);
            assertThat(backend.sent).hasSameSizeAs(done);
            for (byte[] sent : backend.sent) {
                assertThat(ByteBuffer.wrap(sent).getInt(NetGuest.HEADER)).isEqualTo(leaving.remove());
            }
            backend.sent.clear();
        }

        void awaitAll() {
            long begin = System.nanoTime();
            while (!arriving.isEmpty() || !leaving.isEmpty()) {
                give(1);
                machine.eventLoop().poll(1_000_000_000L);
                take();
                assertThat(System.nanoTime() - begin)
                        .as("%s do not arrive and %s do not leave", arriving, leaving)
                        .isLessThan(TOO_LONG);
            }
        }

        @Override
        public void close() {
            device.close();
            machine.close();
        }
    }

    @Property(tries = 25)
    void limits_changeWhileFramesWait_noneIsLostOrDoubled(@ForAll("steps") List<Step> steps) {
        try (Traffic traffic = new Traffic()) {
            steps.forEach(traffic::play);
            traffic.play(new Step(Action.SEND, 1));
            traffic.play(new Step(Action.ARRIVE, 1));
            traffic.play(new Step(Action.UNLIMIT, 1));
            traffic.awaitAll();
            assertThat(traffic.driver.status() & GuestDriver.NEEDS_RESET).isZero();
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Action> actions = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.of(Action.SEND, Action.GIVE, Action.ARRIVE)),
                Tuple.of(2, Arbitraries.of(Action.class)));
        return Combinators.combine(actions, Arbitraries.integers().between(1, 8))
                .as(Step::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(60);
    }
}
