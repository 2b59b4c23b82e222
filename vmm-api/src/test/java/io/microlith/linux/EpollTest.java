// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EpollTest {
    @Test
    void await_nothingReady_returnsAfterTheTime() {
        try (Epoll epoll = Epoll.create()) {
            assertThat(epoll.await(0)).isZero();
            assertThat(epoll.await(1)).isZero();
        }
    }

    @Test
    void await_twoReady_givesBothTokens() {
        try (Epoll epoll = Epoll.create();
                EventFd one = EventFd.create();
                EventFd two = EventFd.create()) {
            epoll.add(one, Long.MIN_VALUE);
            epoll.add(two, Long.MAX_VALUE);
            one.signal();
            two.signal();
            assertThat(epoll.await(-1)).isEqualTo(2);
            assertThat(List.of(epoll.token(0), epoll.token(1)))
                    .containsExactlyInAnyOrder(Long.MIN_VALUE, Long.MAX_VALUE);
        }
    }

    @Test
    void await_notDrained_isReadyAgain() {
        try (Epoll epoll = Epoll.create();
                EventFd event = EventFd.create()) {
            epoll.add(event, 1);
            event.signal();
            assertThat(epoll.await(-1)).isEqualTo(1);
            assertThat(epoll.await(-1)).isEqualTo(1);
        }
    }

    /** More than one batch: the kernel takes turns, so none is left out for ever. */
    @Test
    void await_moreReadyThanABatch_findsAllInTurn() {
        List<EventFd> events = new ArrayList<>();
        Set<Long> seen = new HashSet<>();
        try (Epoll epoll = Epoll.create()) {
            for (int i = 0; i < 200; i++) {
                EventFd event = EventFd.create();
                events.add(event);
                epoll.add(event, i);
                event.signal();
            }
            for (int turn = 0; turn < 4; turn++) {
                int ready = epoll.await(-1);
                for (int i = 0; i < ready; i++) {
                    seen.add(epoll.token(i));
                }
            }
            assertThat(seen).hasSize(200);
        } finally {
            events.forEach(EventFd::close);
        }
    }

    @Test
    void remove_ready_isNotReportedAgain() {
        try (Epoll epoll = Epoll.create();
                EventFd event = EventFd.create()) {
            epoll.add(event, 1);
            event.signal();
            epoll.remove(event);
            epoll.remove(event);
            assertThat(epoll.await(0)).isZero();
        }
    }

    @Test
    void add_twice_isRefused() {
        try (Epoll epoll = Epoll.create();
                EventFd event = EventFd.create()) {
            epoll.add(event, 1);
            assertThatThrownBy(() -> epoll.add(event, 2))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessage("epoll_ctl failed: EEXIST (17) [op=ADD fd=" + event.fd() + "]");
        }
    }

    @Test
    void await_closed_failsWithBadDescriptor() {
        Epoll epoll = Epoll.create();
        epoll.close();
        epoll.close();
        assertThatThrownBy(() -> epoll.await(0)).hasMessage("epoll_wait failed: EBADF (9)");
    }
}
