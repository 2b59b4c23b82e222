// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecordingMsiRouteTest {
    @Test
    void signal_maskedThenUnmasked_isKeptAsOneAndSentWithTheLastMessage() {
        try (RecordingMsiRoute route = new RecordingMsiRoute()) {
            assertThat(route.isMasked()).isTrue();
            route.set(0x10, 1);
            route.signal();
            route.notifier().signal();
            assertThat(route.isPending()).isTrue();
            assertThat(route.messages()).isEmpty();
            route.set(0x20, 2);
            route.unmask();
            assertThat(route.messages()).containsExactly("0x20:0x2");
            assertThat(route.isPending()).isFalse();
        }
    }

    @Test
    void notifier_rungWhileUnmasked_countsBeforeTheNextChange() {
        try (RecordingMsiRoute route = new RecordingMsiRoute()) {
            route.set(0x10, 1);
            route.unmask();
            route.notifier().signal();
            route.set(0x20, 2);
            route.notifier().signal();
            route.mask();
            route.notifier().signal();
            assertThat(route.messages()).containsExactly("0x10:0x1", "0x20:0x2");
            route.clearPending();
            assertThat(route.isPending()).isFalse();
        }
    }

    @Test
    void close_signalsGoNowhere() {
        RecordingMsiRoute route = new RecordingMsiRoute();
        route.unmask();
        route.close();
        route.unmask();
        route.signal();
        assertThat(route.isClosed()).isTrue();
        assertThat(route.messages()).isEmpty();
        assertThat(route.isPending()).isFalse();
    }
}
