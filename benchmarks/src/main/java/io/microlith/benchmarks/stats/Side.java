// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.stats;

/** One of two programs that take turns. */
@FunctionalInterface
public interface Side {
    /** Does the work once and returns what it took, in the unit of the measurement. */
    double run();
}
