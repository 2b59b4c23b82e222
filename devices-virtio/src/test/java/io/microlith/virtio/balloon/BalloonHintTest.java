// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.Eventually;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.GuestSeeds;
import io.microlith.virtio.ScriptSeeds;
import io.microlith.virtio.balloon.BalloonStatistics.Figure;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.memory.Size;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the guest says: statistics, and hints at free pages. */
class BalloonHintTest {
    private static final int STATISTICS = 2;
    private static final int HINTS = 3;

    @RegisterExtension
    final GuestSeeds seeds = new GuestSeeds(BalloonFuzzTest.class);

    @RegisterExtension
    final ScriptSeeds scripts = new ScriptSeeds(BalloonFuzzTest.class, "driver_anyPages_harmNothing");

    private final FakeDeviceContext machine = seeds.of(new FakeDeviceContext("balloon"));
    private final BalloonControl control = new BalloonControl();
    private final Device device = new BalloonFactory()
            .create(
                    BalloonConfig.of(control).features(BalloonFeature.HINTING).statistics(Duration.ofMillis(20)),
                    machine);
    private final BalloonGuest guest = new BalloonGuest(machine, scripts.begin());

    @AfterEach
    void close() {
        device.close();
        machine.close();
    }

    private void live() {
        guest.begin(BalloonLayout.F_STATS_VQ | BalloonLayout.F_FREE_PAGE_HINT, 0, 1, STATISTICS, HINTS);
    }

    private static boolean isDone(CompletionStage<Size> answer) {
        return answer.toCompletableFuture().isDone();
    }

    private void say(Object... tagsAndValues) {
        ByteBuffer bytes = ByteBuffer.allocate(tagsAndValues.length / 2 * 10).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < tagsAndValues.length; i += 2) {
            bytes.putShort(((Integer) tagsAndValues[i]).shortValue()).putLong((Long) tagsAndValues[i + 1]);
        }
        guest.offer(STATISTICS, GuestBuffer.readable(guest.driver().heap().put(bytes.array()), bytes.capacity()));
    }

    private void awaitQuestion() {
        Eventually.holds("the guest is asked", () -> {
            machine.eventLoop().poll(1_000_000);
            return guest.isAnswered(STATISTICS);
        });
    }

    @Test
    void statistics_said_areKnown() {
        live();
        assertThat(control.statistics()).isEmpty();
        say(4, 1000L, 5, 2000L, 0xffff, 3L, 15, 7L);
        BalloonStatistics said = control.statistics().orElseThrow();
        assertThat(said.get(Figure.FREE_MEMORY)).hasValue(1000);
        assertThat(said.get(Figure.TOTAL_MEMORY)).hasValue(2000);
        assertThat(said.get(Figure.DIRECT_RECLAIMS)).hasValue(7);
        assertThat(said.get(Figure.SWAP_IN)).isEmpty();
        assertThat(said.toString()).contains("FREE_MEMORY=1000").doesNotContain("SWAP_IN");
    }

    @Test
    void statistics_guestIsAskedAgainAndAgain_answers() {
        live();
        say(4, 1L);
        for (long i = 2; i < 5; i++) {
            awaitQuestion();
            assertThat(guest.queue(STATISTICS).wantsNotification()).isTrue();
            say(4, i);
            assertThat(control.statistics().orElseThrow().get(Figure.FREE_MEMORY))
                    .hasValue(i);
        }
    }

    @Test
    void statistics_ofNoSense_areNone() {
        live();
        guest.offer(STATISTICS, GuestBuffer.writable(0x2000, 100));
        guest.offer(STATISTICS, GuestBuffer.readable(0x2000, 9));
        guest.offer(STATISTICS, GuestBuffer.readable(0x2000, 0));
        assertThat(control.statistics()).isEmpty();
        awaitQuestion();
        assertThat(guest.driver().status() & GuestDriver.NEEDS_RESET).isZero();
    }

    @Test
    void statistics_veryMany_areReadInPart() {
        live();
        guest.offer(STATISTICS, GuestBuffer.readable(0x8000, 0x8000));
        assertThat(control.statistics().orElseThrow().get(Figure.SWAP_IN)).hasValue(0);
    }

    @Test
    void statistics_savedBeforeTheAnswer_areAskedForElsewhere() {
        live();
        say(4, 42L);
        BalloonState saved = ((BalloonDevice) device).save();
        byte[] memory = new byte[(int) FakeDeviceContext.MEMORY_SIZE];
        machine.memory().read(0, memory, 0, memory.length);
        BalloonControl elsewhere = new BalloonControl();
        try (FakeDeviceContext other = new FakeDeviceContext("balloon")) {
            other.memory().write(0, memory);
            BalloonConfig config =
                    BalloonConfig.of(elsewhere).features(BalloonFeature.HINTING).statistics(Duration.ofDays(1));
            try (Device restored = new BalloonFactory().restore(config, saved, other)) {
                assertThat(((BalloonDevice) restored).save()).isEqualTo(saved);
                restored.resume();
                other.eventLoop().poll(0);
                assertThat(elsewhere.statistics().orElseThrow().get(Figure.FREE_MEMORY))
                        .hasValue(42);
            }
        }
    }

    @Test
    void hint_guestHasFreePages_areTheHosts() {
        live();
        assertThat(guest.command()).isZero();
        guest.driver().takeInterruptStatus();
        CompletionStage<Size> answer = control.hint();
        guest.driver().settle();
        int round = guest.command();
        assertThat(round).isGreaterThan(1);
        assertThat(guest.driver().takeInterruptStatus()).isEqualTo(GuestDriver.CONFIG_CHANGE);
        long early = guest.page();
        guest.offer(HINTS, GuestBuffer.writable(early, 4096));
        guest.send(HINTS, round);
        long pages = guest.pages(3);
        guest.offer(HINTS, GuestBuffer.writable(pages, 8192));
        assertThat(isDone(answer)).isFalse();
        assertThat(control.hint().toCompletableFuture()).isNotDone();
        guest.send(HINTS, 0);
        assertThat(answer.toCompletableFuture().join()).isEqualTo(Size.bytes(8192));
        assertThat(guest.command()).isEqualTo(1);
        assertThat(guest.isZero(early)).isFalse();
        assertThat(guest.isZero(pages)).isTrue();
        assertThat(guest.isZero(pages + 8192)).isFalse();
        assertThat(guest.driver().drain(guest.queue(HINTS))).hasSize(4);
        control.hint();
        guest.driver().settle();
        assertThat(guest.command()).isGreaterThan(round);
    }

    @Test
    void hint_wrongName_isNone() {
        live();
        CompletionStage<Size> answer = control.hint();
        guest.driver().settle();
        long page = guest.page();
        guest.send(HINTS, guest.command() + 1);
        guest.offer(HINTS, GuestBuffer.writable(page, 4096));
        guest.send(HINTS, 0);
        guest.offer(HINTS, GuestBuffer.readable(page, 2));
        assertThat(guest.isZero(page)).isFalse();
        assertThat(isDone(answer)).isFalse();
        assertThat(guest.driver().drain(guest.queue(HINTS))).hasSize(4);
    }

    @Test
    void hint_nobodyToAsk_fails() {
        assertFails(control.hint());
        guest.begin(0, 0, 1);
        assertFails(control.hint());
    }

    @Test
    void hint_guestGoesMeanwhile_fails() {
        live();
        CompletionStage<Size> answer = control.hint();
        guest.driver().settle();
        guest.driver().reset();
        assertFails(answer);
        live();
        CompletionStage<Size> another = control.hint();
        device.close();
        assertFails(another);
    }

    private static void assertFails(CompletionStage<Size> answer) {
        CompletableFuture<Size> future = answer.toCompletableFuture();
        assertThat(future).isCompletedExceptionally();
        assertThatThrownBy(future::join).hasRootCauseInstanceOf(IllegalStateException.class);
    }

    /** Hints alone: in a guest that counts queues, they are on the third. */
    @Test
    void hint_withoutStatistics_isOnEitherQueue() {
        for (int queue : new int[] {2, 3}) {
            guest.begin(BalloonLayout.F_FREE_PAGE_HINT, 0, 1, queue);
            CompletionStage<Size> answer = control.hint();
            guest.driver().settle();
            guest.send(queue, guest.command());
            long page = guest.page();
            guest.offer(queue, GuestBuffer.writable(page, 4096));
            guest.send(queue, 0);
            assertThat(answer.toCompletableFuture().join()).isEqualTo(Size.bytes(4096));
        }
    }
}
