// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.DeviceSpec;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.MachineState;
import io.microlith.vmm.state.Snapshotable;
import io.microlith.vmm.state.StatePart;
import io.microlith.vmm.state.StateReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Devices as parts of a machine that is saved and restored, for boards: what the parts are called, and how devices
 * become parts and parts devices.
 */
public final class DeviceParts {
    private static final String PREFIX = "device.";

    private DeviceParts() {}

    /** What the part of a device is called. */
    public static String name(DeviceId id) {
        return PREFIX + id;
    }

    /**
     * Makes a device: as it was if the machine was saved, or that of a clone if it is to be another one now, else as it
     * is at power-on.
     *
     * @param resources the books of the machine
     * @throws io.microlith.vmm.error.VmmException if it cannot be made; {@link InvalidStateException} if that is for
     *     its state
     */
    public static Device make(DeviceId id, DeviceSpec<?> spec, BoardContext board, DeviceResources resources) {
        BoardDeviceContext own = new BoardDeviceContext(id, board, resources);
        return board.saved()
                .map(saved -> restore(spec, saved.get(name(id)), board, own))
                .orElseGet(() -> spec.create(own));
    }

    private static Device restore(DeviceSpec<?> spec, StateReader state, BoardContext board, BoardDeviceContext own) {
        return board.identity().isPresent() ? spec.restoreClone(state, own) : spec.restore(state, own);
    }

    /** The parts that are devices. */
    static List<String> names(MachineState saved) {
        List<String> names = new ArrayList<>();
        for (StatePart part : saved.parts()) {
            if (part.name().startsWith(PREFIX)) {
                names.add(part.name());
            }
        }
        return names;
    }

    /**
     * Saves a device that is paused.
     *
     * @throws ConfigException if it has no state to give
     */
    public static StatePart save(Device device) {
        if (device instanceof Snapshotable<?> known) {
            return StatePart.of(name(device.id()), known.save());
        }
        throw new ConfigException(
                "device", device.id() + " cannot be saved: " + device.getClass().getName() + " has no state to give");
    }

    /**
     * What a machine that was saved has no device for, and what it has not that there is one for.
     *
     * @param configured the devices that the embedder has configurations for
     * @param own those that the board makes itself
     * @return one text for each
     */
    static List<String> differences(MachineState saved, Set<DeviceId> configured, Set<DeviceId> own) {
        List<String> differences = new ArrayList<>();
        Set<String> known = Stream.concat(configured.stream(), own.stream())
                .map(DeviceParts::name)
                .collect(Collectors.toSet());
        names(saved).stream()
                .filter(part -> !known.contains(part))
                .forEach(part ->
                        differences.add(part + ": it was saved, and has no configuration for what the host has now"));
        configured.stream()
                .filter(device -> !saved.has(name(device)))
                .forEach(device -> differences.add(name(device) + ": it has a configuration, and was not saved"));
        return differences;
    }

    /**
     * Requires that each device that was saved is there again.
     *
     * @throws InvalidStateException naming one that is not
     */
    static void requireAll(MachineState saved, Collection<Device> devices) {
        Set<String> missing = new LinkedHashSet<>(names(saved));
        devices.forEach(device -> missing.remove(name(device.id())));
        if (!missing.isEmpty()) {
            throw new InvalidStateException(
                    missing.iterator().next(), "not configured", "the machine has each device again that it had");
        }
    }
}
