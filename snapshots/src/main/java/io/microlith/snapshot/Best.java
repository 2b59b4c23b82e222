// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.PageBacking;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link RestoreStrategy#BEST}. */
final class Best implements RestoreStrategy {
    private static final Logger LOG = LoggerFactory.getLogger(Best.class);

    @Override
    public MachineMemory map(Snapshot snapshot, String vm, PageBacking backing) {
        if (backing == PageBacking.HUGE_2M) {
            return EAGER.map(snapshot, vm, backing);
        }
        if (snapshot.hasWorkingSet()) {
            try {
                return CacheProbe.isCached(snapshot)
                        ? MAPPED.map(snapshot, vm, backing)
                        : DIRECT.map(snapshot, vm, backing);
            } catch (InvalidStateException | SnapshotException e) {
                LOG.warn("vm={} is restored without its working set: {}", vm, e.getMessage());
            }
        }
        return MAPPED.map(snapshot, vm, backing);
    }

    /** {@code best}. */
    @Override
    public String toString() {
        return "best";
    }
}
