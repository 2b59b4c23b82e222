// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.CloneIdentity.Aspect;
import io.microlith.vmm.CloneIdentity.Telling;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.state.MachineState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Holds an identity against the machine that is to have it, before anything is made of that. */
final class IdentityCheck {
    private final Board board;
    private final MachineState saved;
    private final CloneIdentity identity;
    private final Set<DeviceId> configured;

    /**
     * Of a machine of a board.
     *
     * @param configured the devices that the embedder has configurations for, those of the identity among them
     */
    IdentityCheck(Board board, MachineState saved, CloneIdentity identity, Set<DeviceId> configured) {
        this.board = board;
        this.saved = saved;
        this.identity = identity;
        this.configured = configured;
    }

    /**
     * Requires that all of it has a place, and that each device has what makes it this machine's.
     *
     * @throws ConfigException naming all that is missing
     */
    void require() {
        List<String> missing = new ArrayList<>(DeviceParts.differences(saved, configured, board.ownDevices(saved)));
        aspects(missing);
        if (!missing.isEmpty()) {
            throw new ConfigException(
                    "identity", VmAssembly.listed("the machine that was saved cannot be another one:", missing));
        }
    }

    private void aspects(List<String> missing) {
        Set<Aspect> aspects = board.aspects(saved);
        if (identity.telling() == Telling.REQUIRED && !aspects.contains(Aspect.GENERATION)) {
            missing.add("generation: it has no device by which its guest is told: save it on a board that has one, or"
                    + " waive it");
        }
        if (identity.clock().isPresent() && !aspects.contains(Aspect.CLOCK)) {
            missing.add("clock: it has none: give it no time");
        }
    }
}
