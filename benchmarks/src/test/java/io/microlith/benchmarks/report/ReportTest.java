// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.jr.ob.JSON;
import io.microlith.benchmarks.harness.Bar;
import io.microlith.benchmarks.harness.Bench;
import io.microlith.benchmarks.harness.BenchException;
import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Metric;
import io.microlith.benchmarks.stats.PairedRatio;
import io.microlith.benchmarks.stats.Sample;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportTest {
    private static final Metric METRIC =
            new Metric("made-up", "this against that", "ns/x", Optional.of(Bar.atMost(1.05)));
    private static final Metric REPORTED = new Metric("other", "this against that", "s", Optional.empty());
    private static final PairedRatio TIMES =
            new PairedRatio(new Sample(List.of(2.0, 4.0, 7.0)), new Sample(List.of(1.0, 2.0, 3.0)));
    private static final List<Measurement> MEASUREMENTS =
            List.of(new Measurement(METRIC, TIMES, Map.of("bytes", 0.0)), new Measurement(REPORTED, TIMES, Map.of()));

    @TempDir
    private Path directory;

    private record MadeUpBench() implements Bench {
        @Override
        public String name() {
            return "made-up";
        }

        @Override
        public String summary() {
            return "nothing";
        }

        @Override
        public List<Metric> metrics() {
            return List.of(METRIC, REPORTED);
        }

        @Override
        public List<Measurement> run(BenchSettings settings) {
            return MEASUREMENTS;
        }
    }

    @Test
    void text_twoMeasurements_endsWithTheirResultLines() {
        StringWriter text = new StringWriter();

        new TextReport(new PrintWriter(text)).print(MEASUREMENTS);

        assertThat(text.toString().lines().toList())
                .endsWith("RESULT made-up ratio=2.000", "RESULT other ratio=2.000")
                .anySatisfy(line -> assertThat(line).contains("made-up", "ns/x", "4.0", "2.0", "2.000", "<= 1.05", "3"))
                .contains("made-up: bytes 0.000");
    }

    @Test
    void text_factsInCommon_areThereOnce() {
        StringWriter text = new StringWriter();

        new TextReport(new PrintWriter(text))
                .print(List.of(
                        new Measurement(METRIC, TIMES, Map.of("bytes", 0.0)),
                        new Measurement(REPORTED, TIMES, Map.of("bytes", 0.0))));

        assertThat(text.toString().lines()).containsOnlyOnce("made-up, other: bytes 0.000");
    }

    @Test
    void json_twoMeasurements_hasEveryTime() throws IOException {
        Path file = directory.resolve("made-up.json");
        HostFacts host = new HostFacts(Instant.EPOCH, "6.1", "25", 2, 0.5);

        new JsonReport(host).write(file, new MadeUpBench(), MEASUREMENTS);

        Map<String, Object> report = JSON.std.mapFrom(Files.readString(file));
        assertThat(report).containsEntry("bench", "made-up").containsEntry("when", "1970-01-01T00:00:00Z");
        assertThat(report.get("host")).isEqualTo(Map.of("kernel", "6.1", "java", "25", "processors", 2, "load", 0.5));
        assertThat((List<?>) report.get("results")).hasSize(2);
        assertThat(((List<?>) report.get("results")).getFirst())
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
                .containsEntry("name", "made-up")
                .containsEntry("ratio", 2.0)
                .containsEntry("bar", 1.05)
                .containsEntry("accepted", "<= 1.05")
                .containsEntry("facts", Map.of("bytes", 0.0))
                .containsEntry("microlith", List.of(2.0, 4.0, 7.0))
                .containsEntry("baseline", List.of(1.0, 2.0, 3.0));
    }

    @Test
    void json_readAgain_isWhatWasMeasured() throws IOException {
        Path file = directory.resolve("made-up.json");
        new JsonReport(HostFacts.now()).write(file, new MadeUpBench(), MEASUREMENTS);

        assertThat(JsonReport.read(file, new MadeUpBench())).isEqualTo(MEASUREMENTS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"results\":[7]}",
                "{\"results\":[{\"name\":\"made-up\"}]}",
                "{\"results\":[{\"name\":\"unknown\",\"facts\":{},\"microlith\":[1],\"baseline\":[1]}]}",
                "{\"results\":[{\"name\":\"made-up\",\"facts\":{},\"microlith\":[1],\"baseline\":[]}]}",
            })
    void json_noReportOfTheBench_refused(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("made-up.json"), text);

        assertThatExceptionOfType(BenchException.class)
                .isThrownBy(() -> JsonReport.read(file, new MadeUpBench()))
                .withMessageContaining("no report of made-up");
    }

    @Test
    void hostFacts_now_areOfThisHost() {
        HostFacts facts = HostFacts.now();

        assertThat(facts.kernel()).isNotBlank();
        assertThat(facts.java()).startsWith("25");
        assertThat(facts.processors()).isPositive();
        assertThat(facts.when()).isBetween(Instant.now().minusSeconds(60), Instant.now());
    }

    /** A host without fonts gets no plot and a reason: both are right, and nothing else is. */
    @Test
    void plot_twoMeasurements_isAPictureOrAReason() throws IOException {
        Path file = directory.resolve("made-up.png");
        try {
            new PlotReport().write(file, MEASUREMENTS);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("font");
            return;
        }

        BufferedImage picture = ImageIO.read(file.toFile());
        assertThat(picture.getWidth()).isEqualTo(900);
        assertThat(picture.getHeight()).isEqualTo(1000);
    }
}
