// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.device;

import io.microlith.benchmarks.harness.Bar;
import io.microlith.benchmarks.harness.Metric;
import java.util.Optional;

/**
 * One kind of work for a device.
 *
 * @param order what the guest is told, but for the time
 * @param metric what it measures
 * @param unit how much of what the guest reports is one of the metric's unit
 * @param piece how much of it is one piece of work, of which exits are counted
 */
record Load(String order, Metric metric, double unit, double piece) {
    private static final double MEBI = 1 << 20;

    /** Work that is counted in requests. */
    static Load requests(String order, String name, String what) {
        return new Load(order, metric(name, what, "requests/s"), 1, 1);
    }

    /** Work that is counted in pieces of so many bytes each. */
    static Load pieces(String order, String name, String what, int bytes) {
        return new Load(order, metric(name, what, "MiB/s"), MEBI / bytes, 1);
    }

    /** Work that is counted in bytes. Exits are of a mebibyte. */
    static Load bytes(String order, String name, String what) {
        return new Load(order, metric(name, what, "MiB/s"), MEBI, MEBI);
    }

    private static Metric metric(String name, String what, String unit) {
        return new Metric(name, what, unit, Optional.of(Bar.atLeast(1)));
    }
}
