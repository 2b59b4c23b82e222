// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HandlerTableTest {
    private final HandlerTable table = new HandlerTable();
    private final AtomicInteger runs = new AtomicInteger();

    @Test
    void add_placeUsedAgain_tokenIsNew() {
        Set<Long> tokens = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            long token = table.add(runs::incrementAndGet);
            assertThat(token).isPositive();
            tokens.add(token);
            assertThat(table.remove(token)).isTrue();
        }
        assertThat(tokens).hasSize(1_000);
    }

    @Test
    void run_token_runsItsHandler() {
        long first = table.add(() -> runs.addAndGet(1));
        long second = table.add(() -> runs.addAndGet(10));
        assertThat(table.run(second)).isEqualTo(1);
        assertThat(runs).hasValue(10);
        assertThat(table.run(first)).isEqualTo(1);
        assertThat(runs).hasValue(11);
    }

    @Test
    void run_removed_runsNothing() {
        long token = table.add(runs::incrementAndGet);
        assertThat(table.remove(token)).isTrue();
        assertThat(table.remove(token)).isFalse();
        long next = table.add(runs::incrementAndGet);
        assertThat(table.run(token)).isZero();
        assertThat(table.remove(token)).isFalse();
        assertThat(table.run(next)).isEqualTo(1);
        assertThat(runs).hasValue(1);
    }

    @Test
    void run_neverGivenOut_runsNothing() {
        assertThat(table.run(0)).isZero();
        assertThat(table.run(-1)).isZero();
        assertThat(table.run(Long.MAX_VALUE)).isZero();
    }
}
