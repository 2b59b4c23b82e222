// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.examples.cli.command.CommandException;
import io.microlith.testkit.Eventually;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.balloon.Balloon;
import io.microlith.virtio.balloon.BalloonConfig;
import io.microlith.virtio.balloon.BalloonControl;
import io.microlith.virtio.balloon.BalloonFeature;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.memory.Size;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is asked of a balloon whose guest has a driver. */
class BalloonRequestsTest {
    private static final long F_STATS_VQ = 1L << 1;
    private static final long F_FREE_PAGE_HINT = 1L << 3;
    private static final int STATISTICS = 2;
    private static final int HINTS = 3;
    private static final int ACTUAL = 0x104;
    private static final int COMMAND = 0x108;
    private static final int PAGE = 4096;

    private final FakeDeviceContext machine = new FakeDeviceContext("balloon");
    private final BalloonControl control = new BalloonControl();
    private final Device device = Balloon.with(
                    BalloonConfig.of(control).features(BalloonFeature.HINTING).statistics(Duration.ofDays(1)))
            .create(machine);
    private final GuestDriver driver = new GuestDriver(machine);
    private final BalloonRequests requests = new BalloonRequests(control, Size.mebibytes(1));

    @AfterEach
    void close() {
        device.close();
        machine.close();
    }

    /** Brings the device to life. Returns its queues. */
    private SplitDriverQueue[] live() {
        driver.begin(GuestDriver.VERSION_1 | F_STATS_VQ | F_FREE_PAGE_HINT);
        SplitDriverQueue[] queues = new SplitDriverQueue[HINTS + 1];
        for (int i = 0; i < queues.length; i++) {
            queues[i] = driver.setUpQueue(i, 16);
        }
        driver.ready();
        return queues;
    }

    private void send(SplitDriverQueue queue, int index, byte... bytes) {
        queue.add(GuestBuffer.readable(driver.heap().put(bytes), bytes.length));
        driver.kick(index);
    }

    /** Names a round of hints, below 256, or ends it. */
    private void say(SplitDriverQueue hints, int round) {
        send(hints, HINTS, (byte) round, (byte) 0, (byte) 0, (byte) 0);
    }

    @Test
    void describe_guestSaidSomething_hasItsFigures() {
        SplitDriverQueue[] queues = live();
        driver.write(ACTUAL, 2);
        ByteBuffer figures = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
        // Free memory, and as much in all as a number of 64 bits can say.
        figures.putShort((short) 4).putLong(1000).putShort((short) 5).putLong(-1);
        send(queues[STATISTICS], STATISTICS, figures.array());

        assertThat(requests.describe())
                .matches("size 8192 target 0 time [-0-9T:.]+Z free-memory 1000 total-memory 18446744073709551615");
    }

    @Test
    void hint_guestHasFreePages_saysHowMuchThatWas() {
        SplitDriverQueue hints = live()[HINTS];
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(requests::hint);
        Eventually.holds("the guest is asked", () -> {
            driver.settle();
            return driver.read(COMMAND) > 1;
        });

        say(hints, driver.read(COMMAND));
        hints.add(GuestBuffer.writable(driver.heap().take(PAGE, PAGE), PAGE));
        driver.kick(HINTS);
        say(hints, 0);

        assertThat(answer.join()).isEqualTo("hinted 4096");
    }

    @Test
    void hint_guestGoesMeanwhile_throws() {
        live();
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(requests::hint);
        Eventually.holds("the guest is asked", () -> {
            driver.settle();
            return driver.read(COMMAND) > 1;
        });

        driver.reset();

        assertThatThrownBy(answer::join)
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasCauseInstanceOf(CommandException.class);
    }
}
