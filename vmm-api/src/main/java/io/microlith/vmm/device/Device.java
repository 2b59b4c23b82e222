// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device;

/** A part of a VM that the guest can talk to. */
public interface Device extends AutoCloseable {
    /** The device's name in its VM. */
    DeviceId id();

    /** Puts the device into the state it has at power-on. Called while no vCPU runs. */
    void reset();

    /**
     * Leaves guest memory, interrupts and doorbells alone until {@link #resume}, so that the device's state and the
     * memory are of one moment. What is under way is finished or stays where the state says so; what comes from outside
     * waits. Called while no vCPU runs. A device that acts only when a vCPU calls it has nothing to do.
     *
     * <p>A device that {@link DeviceFactory#restore} made is paused from the start.
     */
    default void pause() {}

    /** Goes on after {@link #pause}, or after it was restored. Called before the first vCPU runs. */
    default void resume() {}

    /**
     * Sees to it that the host has got what the guest gave the device, such as console output. Called on a thread that
     * may wait, when the VM has ended and before its outcome is known: an embedder may end the process with that.
     * Returns within about a second, whatever the host does.
     */
    default void drain() {}

    /** Gives back what the device holds of the host. Called once, after the last vCPU has stopped. */
    @Override
    void close();
}
