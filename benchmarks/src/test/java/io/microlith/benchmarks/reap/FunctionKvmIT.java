// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.reap;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Progress;
import io.microlith.benchmarks.harness.Transport;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.Hypervisor;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For how many pages a function waits that was recorded: a count, on which no machine's speed has a say. */
@RequiresKvm
class FunctionKvmIT {
    private static final int MEBIBYTES = 8;
    private static final double PAGES = MEBIBYTES * 256;

    /** Faults come down by 97 in a hundred at least. */
    private static final double LEFT = 0.03;

    @Test
    void invoke_whatWasRecorded_isNotWaitedFor(@TempDir Path directory) {
        BenchSettings settings = new BenchSettings(directory, OptionalInt.of(1), 0, Transport.MMIO, Progress.NONE);
        try (Hypervisor hypervisor = Hypervisor.open();
                Function function = new Function(hypervisor, settings, MEBIBYTES, 0, 1)) {
            double demanded = Way.LAZY.invoke(function).faults();

            assertThat(demanded).isGreaterThan(PAGES);
            assertThat(Way.PREFETCH.invoke(function).faults()).isLessThan(LEFT * demanded);
            assertThat(Way.DIRECT.invoke(function).faults()).isLessThan(LEFT * demanded);
        }
    }
}
