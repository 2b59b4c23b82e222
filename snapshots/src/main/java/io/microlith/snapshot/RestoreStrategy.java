// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.PageBacking;

/** How a machine's memory comes back from a snapshot. For any thread, and for any number of machines. */
@FunctionalInterface
public interface RestoreStrategy {
    /**
     * All of it is read before the machine is there. The slowest to start, and nothing is left to wait for; the file
     * may go then. Any {@link PageBacking}.
     */
    RestoreStrategy EAGER = new EagerRead();

    /**
     * The file is mapped, and the host reads a page when it is first touched. Machines share what none of them has
     * written. The file stays as it is while one of them lives: if it is cut short, those machines end. Pages of 4 KiB
     * only.
     */
    RestoreStrategy MAPPED = new FileMapping();

    /**
     * Maps the memory of one machine.
     *
     * @param image where it was saved; its size was checked
     * @param name the VM's name
     * @param backing the host's pages that the embedder wants behind it
     * @throws io.microlith.vmm.error.ConfigException if it cannot have those, or the host has no memory to give
     * @throws SnapshotException if the file cannot be read
     */
    MachineMemory map(MemoryImage image, String name, PageBacking backing);
}
