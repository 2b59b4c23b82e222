// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.examples.testkit.Program;
import io.microlith.testkit.RequiresKvm;
import org.junit.jupiter.api.Test;

/** The example runs, and its guest talks to its device. */
@RequiresKvm
class CustomDeviceKvmIT {
    @Test
    void main_always_printsWhatTheGuestWrote() {
        assertThat(Program.run("io.microlith.examples.CustomDevice"))
                .isEqualTo(new Program.Result(0, "the guest wrote 42\n", ""));
    }
}
