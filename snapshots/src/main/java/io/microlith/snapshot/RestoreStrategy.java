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
     * only. What is compressed is unpacked into memory first, for each machine: have a {@link VmTemplate} for several.
     */
    RestoreStrategy MAPPED = new FileMapping();

    /**
     * Pages come one by one when they are touched, from the file or any other {@link Paging#source}. Machines share
     * nothing.
     */
    Paging LAZY = Paging.of("lazy", Prefetch.NOTHING);

    /**
     * What a {@link Recording} found is read at once, past the page cache, and put in its place; then the machine is
     * there, and the other pages come as they do with {@link #LAZY}. The way of REAP (Ustiugov and others, ASPLOS
     * 2021).
     */
    Paging PREFETCH = Paging.of("prefetch", new Foreground(WorkingSetReader::open));

    /** The same, but the machine does not wait: what it wants before it is there comes on its own. */
    Paging OVERLAPPED = Paging.of("overlapped", new Background(WorkingSetReader::open));

    /**
     * What a {@link Recording} found is read straight into guest memory, as whole huge pages where much of one is
     * wanted. Takes more memory than {@link #PREFETCH}, and guests run faster in it.
     */
    Paging DIRECT = Paging.of("direct", new Direct(WorkingSetReader::open));

    /**
     * As {@link #MAPPED}, and the host is asked to read what a {@link Recording} found, in long reads, while the
     * machine is built and runs. What is compressed is unpacked first, as there.
     */
    RestoreStrategy READ_AHEAD = new ReadAhead(Paging.PATIENCE);

    /**
     * If there is what a {@link Recording} found, and those pages are not in the host's page cache already:
     * {@link #READ_AHEAD} if they are few and near each other, else {@link #DIRECT} if the host can; and without,
     * {@link #MAPPED}.
     */
    RestoreStrategy BEST = new Best(Paging.PATIENCE);

    /**
     * Maps the memory of one machine.
     *
     * @param snapshot whose memory it is; the size of its file was checked
     * @param vm the VM's name
     * @param backing the host's pages that the embedder wants behind it
     * @throws io.microlith.vmm.error.ConfigException if it cannot have those, or the host has no memory to give
     * @throws SnapshotException if the file cannot be read, or there is no working set and the strategy needs one
     * @throws io.microlith.vmm.error.InvalidStateException if the working set is damaged, or another snapshot's
     */
    MachineMemory map(Snapshot snapshot, String vm, PageBacking backing);
}
