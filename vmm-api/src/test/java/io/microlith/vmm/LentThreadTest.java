// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.linux.ProcessorSet;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LentThreadTest {
    private final ExecutorService owner = Executors.newSingleThreadExecutor();

    private record Looks(String name, ProcessorSet processors) {
        static Looks ofThread() {
            return new Looks(Thread.currentThread().getName(), ProcessorSet.ofThread());
        }
    }

    @AfterEach
    void endThread() {
        owner.shutdown();
    }

    @Test
    void run_workThatChangesTheThread_givesItBackAsItWas() throws Exception {
        Looks before = owner.submit(Looks::ofThread).get();
        StringBuilder name = new StringBuilder();
        LentThread thread = new LentThread("worker", () -> {
            name.append(Thread.currentThread().getName());
            String first = ProcessorSet.ofThread().toString().substring(1).replaceAll("[,}].*", "");
            ProcessorSet.of(Integer.parseInt(first)).restrictThread();
        });
        owner.submit(thread).get();
        assertThat(name).hasToString("worker");
        assertThat(owner.submit(Looks::ofThread).get()).isEqualTo(before);
    }

    @Test
    void isCurrent_inTheWorkOnly() throws Exception {
        boolean[] inside = {false};
        LentThread[] thread = new LentThread[1];
        thread[0] = new LentThread("worker", () -> inside[0] = thread[0].isCurrent());
        assertThat(thread[0].isCurrent()).isFalse();
        owner.submit(thread[0]).get();
        assertThat(inside[0]).isTrue();
        assertThat(owner.submit(thread[0]::isCurrent).get()).isFalse();
    }

    @Test
    void awaitReturn_workThatThrows_isOver() throws Exception {
        LentThread thread = new LentThread("worker", () -> {
            throw new IllegalStateException("as the test wants");
        });
        assertThat(thread.awaitReturn(Duration.ZERO)).isFalse();
        Future<?> work = owner.submit(thread);
        assertThat(thread.awaitReturn(Duration.ofMinutes(1))).isTrue();
        assertThat(work)
                .failsWithin(Duration.ofMinutes(1))
                .withThrowableThat()
                .havingCause()
                .withMessage("as the test wants");
    }
}
