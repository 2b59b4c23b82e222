// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.benchmarks.harness.Bar;
import io.microlith.benchmarks.harness.Bench;
import io.microlith.benchmarks.harness.BenchException;
import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Metric;
import io.microlith.benchmarks.stats.PairedRatio;
import io.microlith.benchmarks.stats.Sample;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
    private static final Metric METRIC = new Metric("twice", "two against one", "ns", Optional.of(Bar.atMost(1.5)));

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    /** Takes twice the baseline's time, in as many pairs as asked for. */
    private record TwiceBench() implements Bench {
        @Override
        public String name() {
            return "twice";
        }

        @Override
        public String summary() {
            return "takes twice as long";
        }

        @Override
        public List<Metric> metrics() {
            return List.of(METRIC);
        }

        @Override
        public List<Measurement> run(BenchSettings settings) {
            int pairs = settings.pairs().orElse(1);
            settings.progress().advanced("twice", pairs, pairs);
            PairedRatio times = new PairedRatio(sample(pairs, 2.0), sample(pairs, 1.0));
            return List.of(new Measurement(METRIC, times, Map.of()));
        }

        private static Sample sample(int runs, double value) {
            return new Sample(Collections.nCopies(runs, value));
        }
    }

    /** Lacks something. */
    private record BrokenBench() implements Bench {
        @Override
        public String name() {
            return "broken";
        }

        @Override
        public String summary() {
            return "cannot be run";
        }

        @Override
        public List<Metric> metrics() {
            return List.of();
        }

        @Override
        public List<Measurement> run(BenchSettings settings) {
            throw new BenchException("no gcc here: install it");
        }
    }

    private int run(String... arguments) {
        return runWhereKvmIs(directory, arguments);
    }

    private int runWhereKvmIs(Path kvm, String... arguments) {
        List<Bench> benches = List.of(new TwiceBench(), new BrokenBench());
        return BenchCommand.commandLine(benches, kvm, new PrintWriter(out), new PrintWriter(err))
                .execute(arguments);
    }

    @Test
    void list_called_namesBenchesAndResults() {
        assertThat(run("--list")).isZero();

        assertThat(out.toString())
                .contains("twice", "takes twice as long", "RESULT twice", "bar <= 1.50")
                .contains("broken");
    }

    @Test
    void name_known_reportsAndLeavesFiles() {
        Path results = directory.resolve("deep").resolve("results");

        assertThat(run("twice", "--pairs", "5", "--out", results.toString())).isZero();

        assertThat(out.toString()).endsWith("RESULT twice ratio=2.000" + System.lineSeparator());
        assertThat(err.toString()).startsWith("twice: 100 %");
        assertThat(results.resolve("twice.json")).content().contains("\"bench\" : \"twice\"");
    }

    @Test
    void gate_barMissed_endsWithStatus1() {
        assertThat(run("twice", "--gate", "--out", directory.toString())).isEqualTo(1);
    }

    @Test
    void name_benchLacksSomething_saysSoInOneLine() {
        assertThat(run("broken", "--out", directory.toString())).isEqualTo(2);

        assertThat(err.toString()).isEqualTo("bench: no gcc here: install it" + System.lineSeparator());
    }

    @Test
    void name_hostHasNoKvm_isMeasuredInTheRig() {
        Path missing = directory.resolve("kvm");

        assertThat(runWhereKvmIs(missing, "twice", "--out", directory.toString()))
                .isEqualTo(2);

        assertThat(err.toString()).contains("no " + missing + " here: measuring in the rig", "start it by ./microlith");
    }

    @Test
    void rig_askedFor_isWhereItIsMeasured() {
        assertThat(run("twice", "--rig", "--out", directory.toString())).isEqualTo(2);

        assertThat(err.toString()).contains("twice: needs the rig of the source tree");
    }

    @Test
    void name_unknown_saysWhatThereIs() {
        assertThat(run("thrice")).isEqualTo(2);

        assertThat(err.toString()).hasLineCount(1).contains("'thrice'", "twice, broken");
    }

    @Test
    void name_missing_saysWhatThereIs() {
        assertThat(run()).isEqualTo(2);

        assertThat(err.toString()).hasLineCount(1).contains("twice, broken");
    }

    @Test
    void pairs_zero_isRefused() {
        assertThat(run("twice", "--pairs", "0", "--out", directory.toString())).isEqualTo(2);

        assertThat(err.toString()).hasLineCount(1).contains("--pairs: 0");
    }

    @Test
    void tool_lookedUpByItsName_isThere() {
        assertThat(ToolProvider.findFirst("microlith-bench")).containsInstanceOf(BenchTool.class);
    }
}
