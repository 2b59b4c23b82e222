// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.device.Device;
import io.microlith.vmm.state.MachineState;
import io.microlith.vmm.state.StatePart;
import java.util.List;
import java.util.Optional;

/** A board built around one VM. */
public interface Platform extends AutoCloseable {
    /** The devices, those of the board and those of the embedder: none before {@link #addDevices}. */
    List<Device> devices();

    /**
     * Gives a vCPU what it has before anything is started: its identity, say, or all that it was when the machine was
     * saved. Once, on its own thread, while the rest of the machine is built, {@link #addDevices} included; and again
     * after {@link #become}.
     */
    void admit(Vcpu vcpu);

    /**
     * Makes the devices. Once, after the vCPUs were made.
     *
     * @throws io.microlith.vmm.error.VmmException if something does not fit; {@link #close} closes those made so far
     */
    void addDevices();

    /**
     * Becomes a machine that was saved: closes the devices and makes them as they were, paused, with the configurations
     * they have. While no vCPU runs; then {@link #admit} makes each vCPU what it was, and {@link #powerOn()} the rest.
     *
     * @param saved what it was
     * @param who who it is from now on, if another
     * @throws io.microlith.vmm.error.InvalidStateException if the state is malformed, or of another machine
     * @throws io.microlith.vmm.error.VmmException if a device cannot be made
     */
    void become(MachineState saved, Optional<CloneIdentity> who);

    /**
     * Puts devices into their power-on state and loads what the machine starts with. No vCPU runs meanwhile. Called
     * when all vCPUs were admitted, before the first start, and at every reset. The first time in a machine that is
     * restored, it puts back what it was instead.
     *
     * @throws io.microlith.vmm.error.ConfigException if what is to be started cannot be: it is broken, or too large
     */
    void powerOn();

    /** Puts a vCPU into its power-on state, on the vCPU's own thread, after {@link #powerOn()}. */
    void powerOn(Vcpu vcpu);

    /**
     * The state of the board and of all devices. While no vCPU runs and devices are paused.
     *
     * @throws io.microlith.vmm.error.VmmException if something cannot be saved
     */
    List<StatePart> save();

    /**
     * The state of a vCPU, on its own thread, while it does not run.
     *
     * @throws io.microlith.vmm.error.VmmException if it cannot be read
     */
    StatePart save(Vcpu vcpu);

    /** Closes the devices. No vCPU runs any more. */
    @Override
    void close();
}
