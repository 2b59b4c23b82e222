// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RollbackTest {
    private final List<String> done = new ArrayList<>();

    @Test
    void close_notCancelled_takesAllStepsTheLastFirst() {
        try (Rollback rollback = new Rollback(() -> done.add("first"))) {
            rollback.add(() -> done.add("second"));
            assertThat(done).isEmpty();
        }
        assertThat(done).containsExactly("second", "first");
    }

    @Test
    void close_cancelled_takesNone() {
        try (Rollback rollback = new Rollback(() -> done.add("first"))) {
            rollback.add(() -> done.add("second"));
            rollback.cancel();
        }
        assertThat(done).isEmpty();
    }

    @Test
    void close_aStepThrows_takesTheOthersAndThrows() {
        Rollback rollback = new Rollback(() -> done.add("first"));
        rollback.add(() -> {
            throw new IllegalStateException("second");
        });
        assertThatThrownBy(rollback::close).hasMessage("second");
        assertThat(done).containsExactly("first");
        rollback.close();
        assertThat(done).containsExactly("first");
    }
}
