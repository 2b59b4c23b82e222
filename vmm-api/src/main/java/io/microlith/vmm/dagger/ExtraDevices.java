// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.dagger;

import io.microlith.vmm.device.DeviceRequest;
import java.util.List;

/**
 * Devices that are known only when the VM is made, such as those a user asks for. Bind one to the component's factory.
 * Their factories are those in the object graph, then those that modules and jars on the path provide.
 *
 * @param requests the devices, in the order in which those of a type are numbered
 */
public record ExtraDevices(List<DeviceRequest> requests) {
    /** Copies the list. */
    public ExtraDevices {
        requests = List.copyOf(requests);
    }
}
