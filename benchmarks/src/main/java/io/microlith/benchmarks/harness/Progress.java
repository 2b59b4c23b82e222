// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.harness;

/** Hears how far a long piece of work is. */
@FunctionalInterface
public interface Progress {
    /** Nobody hears it. */
    Progress NONE = (_, _, _) -> {};

    /**
     * Some of the work is done.
     *
     * @param what the work
     * @param done how many parts of it are done
     * @param total how many parts there are
     */
    void advanced(String what, int done, int total);
}
