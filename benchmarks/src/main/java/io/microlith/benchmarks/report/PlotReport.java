// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.report;

import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.stats.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Measurements as pictures: for each side, which share of the runs took at most how long. */
public final class PlotReport {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 500;
    private static final double PERCENT = 100.0;

    /**
     * Writes a PNG file with one chart a measurement, one below the other.
     *
     * @throws IOException if it cannot be written, or the host has no fonts to write text with
     */
    public void write(Path file, List<Measurement> measurements) throws IOException {
        try {
            List<XYChart> charts = measurements.stream().map(PlotReport::chart).toList();
            BitmapEncoder.saveBitmap(charts, charts.size(), 1, file.toString(), BitmapEncoder.BitmapFormat.PNG);
        } catch (RuntimeException | InternalError | LinkageError e) {
            // What AWT throws where there is no fontconfig or no font, depending on which; or no AWT.
            throw new IOException("this host cannot draw text: " + e.getMessage() + " (is a font installed?)", e);
        }
    }

    private static XYChart chart(Measurement measurement) {
        var times = measurement.times();
        var interval = times.interval();
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(String.format(
                        Locale.ROOT,
                        "%s: ratio %.3f (%.3f .. %.3f, %d pairs)",
                        measurement.metric().name(),
                        times.median(),
                        interval.low(),
                        interval.high(),
                        times.pairs()))
                .xAxisTitle(measurement.metric().unit())
                .yAxisTitle("% of runs")
                .build();
        chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideSE);
        addSeries(chart, "microlith", times.subject());
        addSeries(chart, "baseline", times.baseline());
        return chart;
    }

    private static void addSeries(XYChart chart, String name, Sample sample) {
        double[] sorted = sample.values().stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        double[] shares = IntStream.rangeClosed(1, sorted.length)
                .mapToDouble(rank -> PERCENT * rank / sorted.length)
                .toArray();
        chart.addSeries(name, sorted, shares).setMarker(SeriesMarkers.NONE);
    }
}
