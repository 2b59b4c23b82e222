// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.VmmException;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.MemoryLayer;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Memory of which somebody wants to know when its machine responds, and when it is closed.
 *
 * @param of the memory
 * @param whenResponded run when the guest has responded, on any thread; takes no time
 * @param whenClosed run when the memory is closed
 */
record Attended(MachineMemory of, Runnable whenResponded, Runnable whenClosed) implements MachineMemory {
    @Override
    public GuestMemory memory() {
        return of.memory();
    }

    @Override
    public void onFailure(Consumer<VmmException> listener) {
        of.onFailure(listener);
    }

    @Override
    public void responded() {
        of.responded();
        whenResponded.run();
    }

    @Override
    public Optional<Duration> workingSet() {
        return of.workingSet();
    }

    @Override
    public List<AddressRange> prefetched() {
        return of.prefetched();
    }

    @Override
    public MemoryLayer layer(String name, Optional<BitSet> written, BitSet holes) {
        return of.layer(name, written, holes);
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
        whenClosed.run();
        of.close();
    }
}
