// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {
    @Test
    void measure_fourPairs_takesTurnsInBeingFirst() {
        StringBuilder order = new StringBuilder();
        List<Integer> progress = new ArrayList<>();
        Turns turns = new Turns(
                () -> {
                    order.append('a');
                    return 2 * order.length();
                },
                () -> {
                    order.append('b');
                    return order.length();
                });

        PairedRatio ratio = turns.measure(4, () -> progress.add(order.length()));

        assertThat(order).hasToString("abbaabba");
        assertThat(progress).containsExactly(2, 4, 6, 8);
        assertThat(ratio.subject().values()).containsExactly(2.0, 8.0, 10.0, 16.0);
        assertThat(ratio.baseline().values()).containsExactly(2.0, 3.0, 6.0, 7.0);
    }
}
