// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.exit;

/**
 * What a batch of exits took.
 *
 * @param nanos on the clock
 * @param cpuNanos of a processor's time, in the guest and outside
 * @param allocatedBytes what the vCPU's thread allocated on the Java heap meanwhile
 */
public record BatchCost(long nanos, long cpuNanos, long allocatedBytes) {}
