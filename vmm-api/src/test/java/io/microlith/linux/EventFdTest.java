// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventFdTest {
    @Test
    void drain_neverSignalled_isFalse() {
        try (EventFd event = EventFd.create()) {
            assertThat(event.drain()).isFalse();
        }
    }

    @Test
    void drain_signalledOftener_isTrueOnce() {
        try (EventFd event = EventFd.create()) {
            event.signal();
            event.signal();
            assertThat(event.drain()).isTrue();
            assertThat(event.drain()).isFalse();
        }
    }

    @Test
    void signal_closed_isLost() {
        EventFd event = EventFd.create();
        event.close();
        event.signal();
        assertThat(event.drain()).isFalse();
        assertThat(event.fd()).isEqualTo(-1);
    }
}
