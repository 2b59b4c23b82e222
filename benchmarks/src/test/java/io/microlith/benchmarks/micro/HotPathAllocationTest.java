// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.micro;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.ExitReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The gate: an exit and a lookup allocate nothing. Times are written to {@code target/jmh} and not judged.
 *
 * <p>Whoever runs this wants to see the times: {@code mvn -pl benchmarks -am test -Dtest=HotPathAllocationTest
 * -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class HotPathAllocationTest {
    /** The profiler counts what JMH's own threads allocate, too. The smallest object has 16 bytes. */
    private static final double NOISE_BYTES = 0.1;

    private static final int WARM_UP_EXITS = 200_000;
    private static final int EXITS = 1_000_000;

    private static final String ALLOCATED = "gc.alloc.rate.norm";

    @ParameterizedTest
    @EnumSource(names = {"PIO", "MMIO"})
    void exits_ofAWarmMachine_allocateNotOneByte(ExitReason kind) {
        ExitDispatchBenchmark machine = new ExitDispatchBenchmark();
        machine.kind = kind;
        machine.start();
        try {
            ScriptedVcpu vcpu = machine.vcpu();
            vcpu.make(WARM_UP_EXITS);
            vcpu.make(EXITS);

            assertThat(vcpu.allocated()).isZero();
            assertThat(machine.deviceWrites()).isEqualTo(WARM_UP_EXITS + EXITS);
        } finally {
            machine.stop();
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {ExitDispatchBenchmark.class, BusLookupBenchmark.class, QueueBenchmark.class})
    void operation_inAWarmJvm_allocatesNothing(Class<?> benchmark) throws RunnerException, IOException {
        Collection<RunResult> results = measure(benchmark);

        assertThat(results).isNotEmpty().allSatisfy(result -> {
            Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
            assertThat(allocated).isNotNull();
            assertThat(allocated.getScore())
                    .as("bytes per operation of %s", result.getParams().getBenchmark())
                    .isLessThan(NOISE_BYTES);
        });
    }

    private static Collection<RunResult> measure(Class<?> benchmark) throws RunnerException, IOException {
        Path directory = Files.createDirectories(Path.of("target", "jmh"));
        return new Runner(new OptionsBuilder()
                        .include(benchmark.getName())
                        .forks(1)
                        .jvmArgsAppend("--enable-native-access=ALL-UNNAMED")
                        .warmupIterations(2)
                        .warmupTime(TimeValue.milliseconds(500))
                        .measurementIterations(2)
                        .measurementTime(TimeValue.milliseconds(300))
                        .addProfiler(GCProfiler.class)
                        .verbosity(VerboseMode.SILENT)
                        .resultFormat(ResultFormatType.JSON)
                        .result(directory
                                .resolve(benchmark.getSimpleName() + ".json")
                                .toString())
                        .build())
                .run();
    }
}
