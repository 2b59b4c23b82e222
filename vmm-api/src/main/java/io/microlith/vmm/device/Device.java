// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device;

/** A part of a VM that the guest can talk to. */
public interface Device extends AutoCloseable {
    /** The device's name in its VM. */
    DeviceId id();

    /** Puts the device into the state it has at power-on. Called while no vCPU runs. */
    void reset();

    /** Gives back what the device holds of the host. Called once, after the last vCPU has stopped. */
    @Override
    void close();
}
