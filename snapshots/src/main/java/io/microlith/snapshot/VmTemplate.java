// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.CloneIdentity;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Restoration;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.memory.MemoryLayer;
import io.microlith.vmm.memory.MemorySource;
import io.microlith.vmm.memory.PrivateMemory;
import io.microlith.vmm.state.MachineState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A machine at one moment that others begin as, in this process: its state is kept in memory, and they share its memory
 * until they write it. Immutable; any thread. Machines that were made of it go on when it is closed.
 */
public final class VmTemplate implements Restoration, AutoCloseable {
    private final VmConfig config;
    private final MachineState state;
    private final MemoryLayer layer;
    private final Optional<UUID> moment;
    private final Duration opened;

    private VmTemplate(VmConfig config, MachineState state, MemoryLayer layer, Optional<UUID> moment, Duration opened) {
        this.config = config;
        this.state = state;
        this.layer = layer;
        this.moment = moment;
        this.opened = opened;
    }

    /**
     * Forks a machine that goes on itself. Nothing it writes from then on is seen by the others, nor what they write by
     * it.
     *
     * <p>What is copied: pages that the machine has for itself, if it was made of a snapshot by
     * {@link RestoreStrategy#MAPPED} or of a template; all of its memory that is not zero, if not. What it excludes is
     * not.
     *
     * @param machine frozen by the calling thread
     * @throws io.microlith.vmm.error.VmmException if it cannot be saved, or the host has no memory to give
     */
    public static VmTemplate fork(FrozenVm machine) {
        MachineState state = machine.save();
        return new VmTemplate(machine.vm().config(), state, machine.layer(), Optional.empty(), Duration.ZERO);
    }

    /**
     * Of a snapshot, whose memory file stays as it is until this and all machines of it are closed.
     *
     * @throws SnapshotException if the file cannot be opened
     */
    public static VmTemplate of(Snapshot snapshot) {
        return new VmTemplate(
                snapshot.config(),
                snapshot.state(),
                FileMapping.layer(snapshot.memory()),
                Optional.of(snapshot.id()),
                snapshot.opened());
    }

    /**
     * Makes a machine what this is: one that was built and not started, or one that ran, as this or as another. It goes
     * on from there, or can be started. See {@link FrozenVm#become}.
     *
     * @throws io.microlith.vmm.error.ConfigException if it is not like this, or has memory that cannot be replaced
     * @throws io.microlith.vmm.error.VmmException if the host fails; the machine ends with it
     */
    public void attachTo(Vm machine) {
        try (FrozenVm still = machine.freeze()) {
            still.become(this);
        }
    }

    /**
     * The same with an identity of the machine's own.
     *
     * @throws io.microlith.vmm.error.ConfigException as there, and if something of the identity is missing
     */
    public void attachTo(Vm machine, CloneIdentity who) {
        try (FrozenVm still = machine.freeze()) {
            still.become(this, who);
        }
    }

    @Override
    public VmConfig config() {
        return config;
    }

    @Override
    public MachineState state() {
        return state;
    }

    @Override
    public MemorySource memory(List<AddressRange> ranges) {
        if (!ranges.equals(layer.ranges())) {
            throw new InvalidStateException("template.memory", layer.ranges(), "the board has RAM at " + ranges);
        }
        return (_, _, _) -> PrivateMemory.on(layer);
    }

    @Override
    public Optional<UUID> moment() {
        return moment;
    }

    @Override
    public Duration opened() {
        return opened;
    }

    @Override
    public Optional<MemoryLayer> layer() {
        return Optional.of(layer.share());
    }

    @Override
    public void close() {
        layer.close();
    }
}
