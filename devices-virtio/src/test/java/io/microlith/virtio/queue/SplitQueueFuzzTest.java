// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.memory.GuestMemory;
import org.junit.jupiter.api.AfterAll;

/** Any driver of a split queue, in memory that it writes at will. */
class SplitQueueFuzzTest {
    private static final FakeDeviceContext MACHINE = new FakeDeviceContext("any");
    private static final GuestMemory MEMORY = MACHINE.memory();

    @AfterAll
    static void close() {
        MACHINE.close();
    }

    @FuzzTest
    void play_anyScript_chainsKeepTheirPromises(FuzzedDataProvider script) {
        MEMORY.zero(0, 2 * QueueScript.PAGE);
        QueueLayout layout =
                new QueueLayout(QueueLayout.Format.SPLIT, script.consumeBoolean(), script.consumeBoolean());
        // Areas may overlap: nobody forbids a driver that.
        QueueState state = new QueueState(
                1 << script.consumeInt(0, 4),
                true,
                QueueScript.PAGE + 16L * script.consumeInt(0, 4),
                QueueScript.PAGE + 4L * script.consumeInt(0, 256),
                QueueScript.PAGE + 4L * script.consumeInt(0, 256),
                0,
                0);
        assertThat(new QueueScript(state, layout, MEMORY, script).play()).isBetween(0, QueueScript.SIZE);
    }

    @FuzzTest
    void open_anyState_isRefusedOrWorks(FuzzedDataProvider script) {
        MEMORY.zero(0, 2 * QueueScript.PAGE);
        QueueLayout layout = new QueueLayout(QueueLayout.Format.SPLIT, true, true);
        QueueState state = new QueueState(
                script.consumeInt(0, QueueScript.SIZE),
                true,
                script.consumeLong(),
                script.consumeLong(),
                script.consumeLong(),
                script.consumeInt(0, 0xffff),
                script.consumeInt(0, 0xffff));
        if (layout.flaw(state, MEMORY).isEmpty()) {
            assertThat(new QueueScript(state, layout, MEMORY, script).play()).isBetween(0, QueueScript.SIZE);
        }
    }
}
