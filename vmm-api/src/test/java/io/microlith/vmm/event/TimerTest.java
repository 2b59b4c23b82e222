// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TimerTest {
    private static final long FOR_EVER = -1;
    private static final long HOUR = 3_600_000_000_000L;

    private final EventLoop loop = EventLoop.create();
    private final AtomicInteger expiries = new AtomicInteger();
    private final Timer timer = new Timer(loop, expiries::incrementAndGet);

    @AfterEach
    void close() {
        timer.close();
        loop.close();
    }

    @Test
    void arm_once_expiresOnceOnTheLoop() {
        timer.arm(1, 0);
        loop.poll(FOR_EVER);
        assertThat(expiries).hasValue(1);
        assertThat(loop.poll(0)).isZero();
    }

    @Test
    void arm_periodically_expiresUntilDisarmed() {
        timer.arm(1, 100_000);
        while (expiries.get() < 3) {
            loop.poll(FOR_EVER);
        }
        timer.disarm();
        assertThat(loop.poll(0)).isZero();
    }

    @Test
    void arm_againFromTheHandler_expiresAgain() {
        AtomicInteger count = new AtomicInteger();
        Timer[] own = new Timer[1];
        try (Timer again = new Timer(loop, () -> {
            if (count.incrementAndGet() < 3) {
                own[0].arm(1, 0);
            }
        })) {
            own[0] = again;
            again.arm(1, 0);
            while (count.get() < 3) {
                loop.poll(FOR_EVER);
            }
            assertThat(loop.poll(0)).isZero();
        }
    }

    @Test
    void disarm_expiredButNotPolled_doesNotExpire() {
        timer.arm(1, 0);
        Timer late = new Timer(loop, timer::disarm);
        late.arm(2_000_000, 0);
        timer.disarm();
        loop.poll(FOR_EVER);
        late.close();
        assertThat(expiries).hasValue(0);
    }

    @Test
    void close_fromItsOwnHandler_endsIt() {
        Timer[] own = new Timer[1];
        own[0] = new Timer(loop, () -> {
            expiries.incrementAndGet();
            own[0].close();
        });
        own[0].arm(1, 1);
        loop.poll(FOR_EVER);
        assertThat(loop.poll(0)).isZero();
        assertThat(expiries).hasValue(1);
    }

    @Test
    void arm_closed_isRefused() {
        timer.arm(HOUR, 0);
        timer.close();
        timer.close();
        assertThatThrownBy(() -> timer.arm(1, 0)).hasMessageContaining("EBADF");
    }

    @Test
    void new_loopClosed_isRefused() {
        EventLoop closed = EventLoop.create();
        closed.close();
        assertThatThrownBy(() -> new Timer(closed, () -> {})).hasMessageContaining("epoll_ctl failed: EBADF");
    }
}
