// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device;

import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateReader;

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

    /**
     * Names the device.
     *
     * @param index which one of its type it is, from 0
     * @throws ConfigException if there is no such name
     */
    public NamedDevice named(int index) {
        try {
            return new NamedDevice(new DeviceId(type(), index), this);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    "device",
                    "'" + type() + "' and " + index + " of "
                            + factory.getClass().getName()
                            + " are no name: a type is of a-z, 0-9 and -, an index is 0 or more",
                    e);
        }
    }

    /** Makes the device as it is at power-on. */
    public Device create(DeviceContext context) {
        return factory.create(config, context);
    }

    /**
     * Makes the device as it was when it was saved. It is paused until {@link Device#resume}.
     *
     * @throws io.microlith.vmm.error.InvalidStateException if the state breaks a rule; nothing is left behind then
     */
    public Device restore(StateReader state, DeviceContext context) {
        return restore(factory, state, context);
    }

    /**
     * Makes the device of a machine that is another one than the one that was saved. It is paused until
     * {@link Device#resume}.
     *
     * @throws io.microlith.vmm.error.InvalidStateException if the state breaks a rule; nothing is left behind then
     */
    public Device restoreClone(StateReader state, DeviceContext context) {
        return restoreClone(factory, state, context);
    }

    private <S extends DeviceState> Device restoreClone(
            DeviceFactory<C, S> maker, StateReader state, DeviceContext context) {
        return maker.restoreClone(config, maker.read(state), context);
    }

    private <S extends DeviceState> Device restore(
            DeviceFactory<C, S> maker, StateReader state, DeviceContext context) {
        return maker.restore(config, maker.read(state), context);
    }
}
