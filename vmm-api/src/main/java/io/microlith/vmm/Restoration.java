// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.memory.MemoryLayer;
import io.microlith.vmm.memory.MemorySource;
import io.microlith.vmm.state.MachineState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a machine that was saved is put together from again: how large it was, what it was, and where its memory comes
 * from. For any thread; can be used for several machines.
 */
public interface Restoration {
    /** The size and manner of the machine that was saved. */
    VmConfig config();

    /** What it was. */
    MachineState state();

    /**
     * Where its memory comes from.
     *
     * @param ranges where the board of the new machine has RAM
     * @throws io.microlith.vmm.error.InvalidStateException if the machine that was saved had it elsewhere
     */
    MemorySource memory(List<AddressRange> ranges);

    /** How long it took to read and check what was saved but for memory, where somebody took the time. */
    default Duration opened() {
        return Duration.ZERO;
    }

    /** The name of the moment when memory held that, for {@link FrozenVm#changedSince}. */
    default Optional<UUID> moment() {
        return Optional.empty();
    }

    /**
     * What its memory holds, for a machine that is there already to become this one; see {@link FrozenVm#become}.
     *
     * @return nothing, if its memory comes in another way; else to be closed by the caller
     * @throws io.microlith.vmm.error.VmmException if it cannot be had
     */
    default Optional<MemoryLayer> layer() {
        return Optional.empty();
    }
}
