// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device;

/**
 * A device to be: what to make it with, for a VM that does not exist yet. Can be used for several VMs if its
 * configuration can.
 *
 * @param factory makes the device
 * @param config what the embedder decided about it
 * @param <C> the type of that
 */
public record DeviceSpec<C>(DeviceFactory<C, ?> factory, C config) {
    /** The device's type. */
    public String type() {
        return factory.type();
    }

    /** Makes the device as it is at power-on. */
    public Device create(DeviceContext context) {
        return factory.create(config, context);
    }
}
