// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.error.VmmException;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.MemoryLayer;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Memory somebody wants to know the end of.
 *
 * @param of the memory
 * @param ended run when it is closed
 */
record Attended(MachineMemory of, Runnable ended) implements MachineMemory {
    @Override
    public GuestMemory memory() {
        return of.memory();
    }

    @Override
    public void onFailure(Consumer<VmmException> listener) {
        of.onFailure(listener);
    }

    @Override
    public MemoryLayer layer(String name, Optional<BitSet> written) {
        return of.layer(name, written);
    }

    @Override
    public boolean show(MemoryLayer layer, Optional<BitSet> written) {
        return of.show(layer, written);
    }

    @Override
    public Optional<BitSet> changes() {
        return of.changes();
    }

    @Override
    public void close() {
        ended.run();
        of.close();
    }
}
