// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCodec;

/** Any bytes, taken for the state of a device. */
public final class HostileState {
    private static final int MOST_POLLS = 20;

    private HostileState() {}

    /** Whether bytes are a state that a device can be restored from; the device then lives for a while. */
    public static <C, S extends DeviceState> boolean isOne(DeviceFactory<C, S> factory, C config, byte[] bytes) {
        try (FakeDeviceContext machine = new FakeDeviceContext(factory.type())) {
            S state = factory.read(StateCodec.reader(bytes));
            try (Device device = factory.restore(config, state, machine)) {
                device.resume();
                for (int i = 0; i < MOST_POLLS && machine.eventLoop().poll(0) > 0; i++) {
                    // More may have come of it.
                }
            }
            return true;
        } catch (InvalidStateException e) {
            return false;
        }
    }
}
