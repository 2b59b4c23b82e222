// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.device.Device;
import java.util.List;

/** A board built around one VM. */
public interface Platform extends AutoCloseable {
    /** The devices, those of the board and those of the embedder. */
    List<Device> devices();

    /**
     * Puts devices into their power-on state and loads what the machine starts with. No vCPU runs meanwhile. Called
     * before the first start and at every reset.
     *
     * @throws io.microlith.vmm.error.ConfigException if what is to be started cannot be: it is broken, or too large
     */
    void powerOn();

    /** Puts a vCPU into its power-on state, on the vCPU's own thread, after {@link #powerOn}. */
    void powerOn(Vcpu vcpu);

    /** Closes the devices. No vCPU runs any more. */
    @Override
    void close();
}
