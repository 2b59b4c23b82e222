// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.harness;

/** How guests find their virtio devices, under both VMMs. */
public enum Transport {
    /** Registers in memory. */
    MMIO,
    /** Functions of a PCI bus. */
    PCI
}
