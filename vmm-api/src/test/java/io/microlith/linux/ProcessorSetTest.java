// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ProcessorSetTest {
    @Test
    void restrictThread_oneOfItsOwn_isAllItMayUse() throws Exception {
        ProcessorSet one = ProcessorSet.of(firstAllowed());
        ProcessorSet after = onThread(() -> {
            one.restrictThread();
            return ProcessorSet.ofThread();
        });
        assertThat(after).isEqualTo(one).hasSameHashCodeAs(one);
    }

    @Test
    void restrictThread_toWhatItHadBefore_undoesIt() throws Exception {
        int first = firstAllowed();
        boolean same = onThread(() -> {
            ProcessorSet before = ProcessorSet.ofThread();
            ProcessorSet.of(first).restrictThread();
            before.restrictThread();
            return ProcessorSet.ofThread().equals(before);
        });
        assertThat(same).isTrue();
    }

    @Test
    void restrictThread_noSuchProcessor_isTheKernelsError() {
        assertThatThrownBy(() -> ProcessorSet.of(1023).restrictThread())
                .isInstanceOf(SystemCallException.class)
                .hasMessage("sched_setaffinity failed: EINVAL (22) [processors={1023}]");
    }

    @Test
    void of_beyondTheKernelsSet_isRefused() {
        assertThatThrownBy(() -> ProcessorSet.of(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ProcessorSet.of(1024)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void canHold_anyProcessor_leavesTheThreadAsItWas() throws Exception {
        int first = firstAllowed();
        ProcessorSet[] seen = new ProcessorSet[2];
        String answers = onThread(() -> {
            seen[0] = ProcessorSet.ofThread();
            String found = ProcessorSet.canHold(first) + " " + ProcessorSet.canHold(1023) + " "
                    + ProcessorSet.canHold(-1) + " " + ProcessorSet.canHold(1 << 20);
            seen[1] = ProcessorSet.ofThread();
            return found;
        });
        assertThat(answers).isEqualTo("true false false false");
        assertThat(seen[1]).isEqualTo(seen[0]);
    }

    private static int firstAllowed() {
        String set = ProcessorSet.ofThread().toString();
        return Integer.parseInt(set.substring(1).replaceAll("[,}].*", ""));
    }

    private static <T> T onThread(Supplier<T> body) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform()
                .start(() -> result.completeAsync(body, Runnable::run))
                .join();
        return result.get();
    }
}
