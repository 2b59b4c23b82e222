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
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Who a machine is that is restored as another than the one that was saved: one of several from one snapshot, say.
 *
 * <p>Without it, a machine that is restored is the one that was saved, and two of them have the same random numbers to
 * come, and the same addresses. With it, the guest is told as soon as it runs that it is of another generation, and
 * devices have what makes them this machine's from their new configurations.
 *
 * <p>An identity is for one machine: two that were given the same would be twins again. So it is refused to a machine
 * while another one has it: from when that is restored with it, or becomes who it says, until that is closed, or
 * becomes another one, as when it is put back to be its template. What was made of an identity by its methods counts as
 * the same. One that was given back can be used again, for a machine that is to be the one that is gone: it has the
 * same random numbers to come. Immutable but for that; any thread.
 */
public final class CloneIdentity {
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

    private final UUID generation;
    private final Telling telling;
    private final Optional<InstantSource> clock;
    private final SortedMap<DeviceId, DeviceSpec<?>> devices;

    /** The machine that has it; all that are made of one identity have this in common. */
    private final AtomicReference<@Nullable Vm> bearer;

    private CloneIdentity(
            UUID generation,
            Telling telling,
            Optional<InstantSource> clock,
            SortedMap<DeviceId, DeviceSpec<?>> devices,
            AtomicReference<@Nullable Vm> bearer) {
        this.generation = generation;
        this.telling = telling;
        this.clock = clock;
        this.devices = Collections.unmodifiableSortedMap(new TreeMap<>(devices));
        this.bearer = bearer;
    }

    /** Of a generation that is made up, of which the guest is to be told. */
    public static CloneIdentity fresh() {
        return of(UUID.randomUUID());
    }

    /** Of a generation, of which the guest is to be told. */
    public static CloneIdentity of(UUID generation) {
        return new CloneIdentity(
                generation, Telling.REQUIRED, Optional.empty(), Collections.emptySortedMap(), new AtomicReference<>());
    }

    /** The same for a machine whose guest perhaps cannot be told: {@link Telling#WAIVED}. */
    public CloneIdentity waiveTelling() {
        return new CloneIdentity(generation, Telling.WAIVED, clock, devices, bearer);
    }

    /** The same with another time: {@link #clock()}. */
    public CloneIdentity clock(InstantSource source) {
        return new CloneIdentity(generation, telling, Optional.of(source), devices, bearer);
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
        return new CloneIdentity(generation, telling, clock, more, bearer);
    }

    /**
     * What no other machine has or had. It is a seed as well, since guests mix it into their random numbers, so it is
     * to be random and to be kept from others.
     */
    public UUID generation() {
        return generation;
    }

    /** What if the guest cannot be told of it. */
    public Telling telling() {
        return telling;
    }

    /**
     * The time, UTC, from which the machine's clock goes on: as far ahead of it as the guest had set it. Empty for the
     * host's time, as for any machine that is restored.
     */
    public Optional<InstantSource> clock() {
        return clock;
    }

    /** What the host has for the machine's devices now, by their names when it was saved. Cannot be changed. */
    public SortedMap<DeviceId, DeviceSpec<?>> devices() {
        return devices;
    }

    /** The devices, each with its name. */
    public List<NamedDevice> named() {
        return devices.entrySet().stream()
                .map(device -> new NamedDevice(device.getKey(), device.getValue()))
                .toList();
    }

    /**
     * Gives it to a machine that is about to be who it says.
     *
     * @throws ConfigException if another one has it
     */
    void giveTo(Vm machine) {
        Vm before = bearer.compareAndExchange(null, machine);
        if (before != null && !before.equals(machine)) {
            throw new ConfigException(
                    "identity",
                    "the machine " + before.config().id()
                            + " has this one, and is not closed: give each machine an identity of its own");
        }
    }

    /** A machine is not that any more; without effect if it was not. */
    void takeFrom(Vm machine) {
        var _ = bearer.compareAndSet(machine, null);
    }

    /** Whether it is the same, or one was made of the other. */
    boolean isThatOf(CloneIdentity other) {
        return bearer.equals(other.bearer);
    }

    /** Says nothing of the generation, which is not for logs. */
    @Override
    public String toString() {
        return "CloneIdentity[telling=" + telling + ", clock=" + clock + ", devices=" + devices.keySet() + "]";
    }
}
