// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.harness;

import java.util.Optional;

/**
 * One thing that a benchmark measures.
 *
 * @param name the name in its line {@code RESULT name ratio=…}
 * @param what what is compared with what, in one line
 * @param unit the unit of both sides' numbers, such as {@code ns/exit}
 * @param bar the ratio that the project accepts, or empty if it is only reported
 */
public record Metric(String name, String what, String unit, Optional<Bar> bar) {}
