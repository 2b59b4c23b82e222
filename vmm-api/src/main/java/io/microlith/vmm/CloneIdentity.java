// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.DeviceSpec;
import io.microlith.vmm.device.NamedDevice;
import io.microlith.vmm.error.ConfigException;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Who a machine is that is restored as another than the one that was saved: one of several from one snapshot, say.
 *
 * <p>Without it, a machine that is restored is the one that was saved, and two of them have the same random numbers to
 * come, and the same addresses. With it, the guest is told as soon as it runs that it is of another generation, and
 * devices have what makes them this machine's from their new configurations.
 *
 * <p>An identity is for one machine: two that were given the same are twins again. Immutable, so for any thread.
 *
 * @param generation what no other machine has or had. It is a seed as well, since guests mix it into their random
 *     numbers, so it is to be random and to be kept from others
 * @param telling what if the guest cannot be told of it
 * @param clock the time, UTC, from which the machine's clock goes on: as far ahead of it as the guest had set it. Empty
 *     for the host's time, as for any machine that is restored
 * @param devices what the host has for the machine's devices now, by their names when it was saved
 */
public record CloneIdentity(
        UUID generation, Telling telling, Optional<InstantSource> clock, SortedMap<DeviceId, DeviceSpec<?>> devices) {
    /** What if a guest cannot be told. */
    public enum Telling {
        /** It is not restored then. */
        REQUIRED,
        /**
         * It is restored all the same: the embedder sees to it that it has random numbers of its own, or that it needs
         * none.
         */
        WAIVED
    }

    /** What a board can have a place for, in a machine that was saved. */
    public enum Aspect {
        /** {@link CloneIdentity#generation}. */
        GENERATION,
        /** {@link CloneIdentity#clock}. */
        CLOCK
    }

    /** Copies the map. */
    public CloneIdentity {
        devices = Collections.unmodifiableSortedMap(new TreeMap<>(devices));
    }

    /** Of a generation that is made up, of which the guest is to be told. */
    public static CloneIdentity fresh() {
        return of(UUID.randomUUID());
    }

    /** Of a generation, of which the guest is to be told. */
    public static CloneIdentity of(UUID generation) {
        return new CloneIdentity(generation, Telling.REQUIRED, Optional.empty(), Collections.emptySortedMap());
    }

    /** The same for a machine whose guest perhaps cannot be told: {@link Telling#WAIVED}. */
    public CloneIdentity waiveTelling() {
        return new CloneIdentity(generation, Telling.WAIVED, clock, devices);
    }

    /** The same with another time: {@link #clock()}. */
    public CloneIdentity clock(InstantSource source) {
        return new CloneIdentity(generation, telling, Optional.of(source), devices);
    }

    /**
     * The same with what the host has for a device: {@code Net.tap("tap7").named(0)}.
     *
     * @throws ConfigException if the identity has it for that device already
     */
    public CloneIdentity device(NamedDevice device) {
        SortedMap<DeviceId, DeviceSpec<?>> more = new TreeMap<>(devices);
        if (more.put(device.id(), device.spec()) != null) {
            throw new ConfigException("identity", device.id() + " is there twice: give it one configuration");
        }
        return new CloneIdentity(generation, telling, clock, more);
    }

    /** The devices, each with its name. */
    public List<NamedDevice> named() {
        return devices.entrySet().stream()
                .map(device -> new NamedDevice(device.getKey(), device.getValue()))
                .toList();
    }

    /** Says nothing of the generation, which is not for logs. */
    @Override
    public String toString() {
        return "CloneIdentity[telling=" + telling + ", clock=" + clock + ", devices=" + devices.keySet() + "]";
    }
}
