// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.VmmException;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The memory of one VM and what is behind it. Its owner closes it after every vCPU and device thread has stopped. */
public interface MachineMemory extends AutoCloseable {
    /** The memory. */
    GuestMemory memory();

    /**
     * Says who hears that the memory cannot be had any more, which memory whose pages come from somewhere may say:
     * once, on any thread, and at once if it is so already. The listener returns at once, and then no vCPU begins to
     * run guest code any more.
     */
    default void onFailure(Consumer<VmmException> listener) {}

    /**
     * The guest has responded ({@link io.microlith.vmm.Vm#responded}): what is touched from now on is not what it wants
     * first. Once at most, and while the VM runs; on any thread. Returns at once.
     */
    default void responded() {}

    /**
     * How long it took to read what was known to be wanted first, and to have it in its place. Any thread, also after
     * the memory was closed.
     *
     * @return nothing, if there was nothing of that kind, or while it goes on
     */
    default Optional<Duration> workingSet() {
        return Optional.empty();
    }

    /**
     * What was known to be wanted first, as far as it is in its place: worth to be mapped for the guest before it runs.
     *
     * @return whole pages, in ascending order
     */
    default List<AddressRange> prefetched() {
        return List.of();
    }

    /**
     * What it holds now, for other machines to stand on: they share what neither they nor this one writes. While nobody
     * writes it.
     *
     * @param name what /proc shows a copy as
     * @param written the pages that were written since it began, or was last made to show something; nothing if nobody
     *     took notes
     * @param holes pages whose content nobody is to have, counted over all regions: they are zeros there
     * @return to be closed by the caller
     * @throws VmmException if the host has no memory for what has to be copied, which is all of it unless this stands
     *     on a layer itself
     */
    default MemoryLayer layer(String name, Optional<BitSet> written, BitSet holes) {
        return MemoryLayer.copyOf(name, memory(), holes);
    }

    /**
     * Holds what a layer has from now on, at the same addresses. While nobody uses the memory.
     *
     * @param layer may be closed then
     * @param written as for {@link #layer}
     * @return whether that can be done with this kind of memory; nothing has changed if not
     * @throws io.microlith.vmm.error.ConfigException if the layer is of a machine with other ranges
     * @throws VmmException if the host fails; what it holds then, nobody knows
     */
    default boolean show(MemoryLayer layer, Optional<BitSet> written) {
        return false;
    }

    /**
     * The pages that may have something else than what it began with, or was last made to show, counted over all
     * regions. While nobody writes it.
     *
     * @return nothing, if this kind of memory cannot tell; else the caller's own
     */
    default Optional<BitSet> changes() {
        return Optional.empty();
    }

    /** Gives it back to the host. Closing twice is once. */
    @Override
    void close();
}
