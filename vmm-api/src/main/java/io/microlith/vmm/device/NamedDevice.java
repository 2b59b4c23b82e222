// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device;

import io.microlith.vmm.error.ConfigException;

/**
 * A device to be, and its name in the VM: for who contributes devices in no particular order, as an object graph does.
 *
 * @param id the name
 * @param spec what to make the device with
 */
public record NamedDevice(DeviceId id, DeviceSpec<?> spec) {
    /** Refuses the name of a device of another type. */
    public NamedDevice {
        if (!id.type().equals(spec.type())) {
            throw new ConfigException("device", id + " cannot be the name of a device of type '" + spec.type() + "'");
        }
    }
}
