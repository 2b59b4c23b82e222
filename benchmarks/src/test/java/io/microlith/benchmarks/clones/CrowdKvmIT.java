// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.clones;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Progress;
import io.microlith.benchmarks.harness.Transport;
import io.microlith.testkit.RequiresKvm;
import io.microlith.vmm.Hypervisor;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clones take of the host's memory, on which no machine's speed has a say. */
@RequiresKvm
class CrowdKvmIT {
    /** Of ten clones each. */
    private static final int PAIRS = 10;

    @Test
    void measure_aHundredClones_takeNoMoreThanTheBarEach(@TempDir Path directory) {
        BenchSettings settings = new BenchSettings(directory, OptionalInt.of(PAIRS), 0, Transport.MMIO, Progress.NONE);
        try (Hypervisor hypervisor = Hypervisor.open();
                Clones clones = new Clones(hypervisor, settings.processor())) {
            Measurement found = new Crowd(clones).measure(CloneBench.MEMORY, settings);

            assertThat(found.facts()).containsEntry("clones", 100.0);
            assertThat(found.missesBar()).as("%s", found).isFalse();
        }
    }
}
