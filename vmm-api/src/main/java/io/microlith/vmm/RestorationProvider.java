// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import java.nio.file.Path;

/** How {@link VmBuilder#restore(Path)} reads snapshots, by {@link java.util.ServiceLoader}. */
public interface RestorationProvider {
    /**
     * Finds what was saved at a path.
     *
     * @throws io.microlith.vmm.error.VmmException if there is nothing that can be restored, or it is damaged
     */
    Restoration open(Path snapshot);
}
