// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device;

import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateReader;
import java.util.Map;

/**
 * Makes the devices of one type. Register an implementation with {@link java.util.ServiceLoader} (a {@code provides}
 * clause or a file under {@code META-INF/services}) and a VM can have the device by its type's name.
 *
 * @param <C> what the embedder decides about a device: a record
 * @param <S> the device's state
 */
public interface DeviceFactory<C, S extends DeviceState> {
    /** The type of the devices, as in {@link DeviceId#type}. */
    String type();

    /**
     * Makes a configuration of options in text, as from a command line.
     *
     * @throws io.microlith.vmm.error.ConfigException if an option is unknown or its value is wrong
     */
    C configure(Map<String, String> options);

    /** Makes a device as it is at power-on. */
    Device create(C config, DeviceContext context);

    /**
     * Makes a device as it was when it was saved.
     *
     * @throws io.microlith.vmm.error.InvalidStateException if the state breaks a rule; nothing is left behind then
     */
    Device restore(C config, S state, DeviceContext context);

    /**
     * Makes a device of a machine that is another one than the one that was saved: as it was, but for what says whose
     * it is, such as an address, which is that of the configuration. A device that has nothing of the kind is restored.
     *
     * @throws io.microlith.vmm.error.InvalidStateException if the state breaks a rule; nothing is left behind then
     */
    default Device restoreClone(C config, S state, DeviceContext context) {
        return restore(config, state, context);
    }

    /**
     * Reads the state of a device of this type.
     *
     * @throws io.microlith.vmm.error.InvalidStateException if it breaks a rule
     */
    S read(StateReader reader);
}
