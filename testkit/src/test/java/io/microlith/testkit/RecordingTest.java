// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.RecordingVmControl.Request;
import org.junit.jupiter.api.Test;

class RecordingTest {
    @Test
    void interruptLine_used_remembers() {
        RecordingInterruptLine line = new RecordingInterruptLine();

        line.trigger();
        line.setLevel(true);
        line.setLevel(true);
        line.setLevel(false);
        line.setLevel(true);

        assertThat(line.triggers()).isEqualTo(1);
        assertThat(line.rises()).isEqualTo(2);
        assertThat(line.isAsserted()).isTrue();
    }

    @Test
    void vmControl_used_remembersInOrder() {
        RecordingVmControl control = new RecordingVmControl();
        IllegalStateException cause = new IllegalStateException("x");

        control.reset();
        control.exit(3);
        control.panicked("why");
        control.fail(cause);
        control.shutdown();

        assertThat(control.requests())
                .containsExactly(
                        new Request.Reset(),
                        new Request.Exit(3),
                        new Request.Panicked("why"),
                        new Request.Fail(cause),
                        new Request.Shutdown());
    }
}
