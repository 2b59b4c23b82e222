// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.harness;

import java.util.List;

/** Something about the SDK that can be measured against something else, side by side in one run. */
public interface Bench {
    /** What users call it: {@code ./microlith bench NAME}. */
    String name();

    /** What is compared with what, in one line. */
    String summary();

    /** What it measures, in the order of {@link #run}'s answer. */
    List<Metric> metrics();

    /** Where its virtual machines are. */
    default Place place() {
        return Place.HERE;
    }

    /**
     * Measures. May take minutes; leaves nothing behind but files in the directory of the settings.
     *
     * @throws BenchException if this host lacks something
     * @throws io.microlith.vmm.error.VmmException if the host refuses a virtual machine
     */
    List<Measurement> run(BenchSettings settings);
}
