// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TimerFdTest {
    private static final long HOUR = 3_600_000_000_000L;
    private static final int NO_LIMIT = -1;

    @Test
    void arm_once_expiresOnce() {
        try (TimerFd timer = TimerFd.create();
                Epoll epoll = Epoll.create()) {
            epoll.add(timer, 7);
            timer.arm(1, 0);
            assertThat(epoll.await(NO_LIMIT)).isEqualTo(1);
            assertThat(epoll.token(0)).isEqualTo(7);
            assertThat(timer.drain()).isEqualTo(1);
            assertThat(timer.drain()).isZero();
        }
    }

    @Test
    void arm_periodically_expiresAgain() {
        try (TimerFd timer = TimerFd.create();
                Epoll epoll = Epoll.create()) {
            epoll.add(timer, 1);
            timer.arm(1, 1_000_000);
            for (int i = 0; i < 3; i++) {
                assertThat(epoll.await(NO_LIMIT)).isEqualTo(1);
                assertThat(timer.drain()).isPositive();
            }
        }
    }

    @Test
    void arm_again_replacesTheFormerTime() {
        try (TimerFd timer = TimerFd.create();
                Epoll epoll = Epoll.create()) {
            epoll.add(timer, 1);
            timer.arm(HOUR, 0);
            timer.arm(1_000_000_001L, 0);
            timer.arm(1, 0);
            assertThat(epoll.await(NO_LIMIT)).isEqualTo(1);
        }
    }

    @Test
    void disarm_expiryNotDrained_forgetsIt() {
        try (TimerFd timer = TimerFd.create();
                Epoll epoll = Epoll.create()) {
            epoll.add(timer, 1);
            timer.arm(1, 0);
            assertThat(epoll.await(NO_LIMIT)).isEqualTo(1);
            timer.disarm();
            assertThat(timer.drain()).isZero();
            assertThat(epoll.await(0)).isZero();
        }
    }

    @Test
    void arm_timesOutOfRange_isRefused() {
        try (TimerFd timer = TimerFd.create()) {
            assertThatThrownBy(() -> timer.arm(0, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> timer.arm(1, -1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void arm_closed_failsWithBadDescriptor() {
        TimerFd timer = TimerFd.create();
        timer.close();
        assertThatThrownBy(() -> timer.arm(1, 0))
                .isInstanceOf(SystemCallException.class)
                .hasMessage("timerfd_settime failed: EBADF (9) [delayNanos=1]");
        assertThat(timer.drain()).isZero();
    }
}
