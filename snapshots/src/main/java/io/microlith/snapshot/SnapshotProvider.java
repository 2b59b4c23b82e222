// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.Restoration;
import io.microlith.vmm.RestorationProvider;
import java.nio.file.Path;

/** Snapshots for {@link io.microlith.vmm.VmBuilder#restore(Path)}. */
public final class SnapshotProvider implements RestorationProvider {
    /** For {@link java.util.ServiceLoader}. */
    public SnapshotProvider() {}

    @Override
    public Restoration open(Path snapshot) {
        return Snapshot.open(snapshot).restoration();
    }
}
