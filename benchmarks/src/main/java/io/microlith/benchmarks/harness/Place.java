// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.harness;

/** Where a benchmark's virtual machines are. */
public enum Place {
    /** In the process that asks, on its host's KVM: the whole benchmark can be moved to another host. */
    HERE,
    /** In processes of this host's source tree: it cannot be moved. */
    TREE,
    /** In the rig, wherever the benchmark itself runs. */
    RIG
}
