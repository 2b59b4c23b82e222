// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.device.Device;
import io.microlith.vmm.state.StatePart;
import java.util.List;

/** A board built around one VM. */
public interface Platform extends AutoCloseable {
    /** The devices, those of the board and those of the embedder: none before {@link #addDevices}. */
    List<Device> devices();

    /**
     * Gives a vCPU what it has before anything is started: its identity, say, or all that it was when the machine was
     * saved. Once, on its own thread, while the rest of the machine is built, {@link #addDevices} included.
     */
    void admit(Vcpu vcpu);

    /**
     * Makes the devices. Once, after the vCPUs were made.
     *
     * @throws io.microlith.vmm.error.VmmException if something does not fit; {@link #close} closes those made so far
     */
    void addDevices();

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
