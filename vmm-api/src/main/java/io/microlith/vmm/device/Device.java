// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device;

/** A part of a VM that the guest can talk to. */
public interface Device extends AutoCloseable {
    /** The device's name in its VM. */
    DeviceId id();

    /** Puts the device into the state it has at power-on. Called while no vCPU runs. */
    void reset();

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
