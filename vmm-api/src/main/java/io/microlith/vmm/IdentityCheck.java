// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.CloneIdentity.Aspect;
import io.microlith.vmm.CloneIdentity.Telling;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.state.MachineState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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
        List<String> missing = new ArrayList<>();
        devices(missing);
        aspects(missing);
        if (!missing.isEmpty()) {
            throw new ConfigException(
                    "identity",
                    missing.stream()
                            .map(what -> "\n  " + what)
                            .collect(Collectors.joining("", "the machine that was saved cannot be another one:", "")));
        }
    }

    private void devices(List<String> missing) {
        Set<String> known = configured.stream().map(DeviceParts::name).collect(Collectors.toCollection(HashSet::new));
        board.ownDevices(saved).forEach(device -> known.add(DeviceParts.name(device)));
        DeviceParts.names(saved).stream()
                .filter(part -> !known.contains(part))
                .forEach(part ->
                        missing.add(part + ": it was saved, and has no configuration for what the host has now"));
        configured.stream()
                .filter(device -> !saved.has(DeviceParts.name(device)))
                .forEach(device ->
                        missing.add(DeviceParts.name(device) + ": it has a configuration, and was not saved"));
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
