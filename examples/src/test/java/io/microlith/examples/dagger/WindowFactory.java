// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.dagger;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.DeviceSpec;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateReader;
import java.util.Map;

/** Makes devices that take a window and an interrupt of the board's choice. */
record WindowFactory(String type) implements DeviceFactory<String, DeviceState> {
    static DeviceSpec<String> window(String type) {
        return new DeviceSpec<>(new WindowFactory(type), "");
    }

    /** Says in {@link #toString} what it got. */
    record Window(DeviceId id, AddressRange range, Interrupt interrupt) implements Device {
        @Override
        public void reset() {}

        @Override
        public void close() {}

        @Override
        public String toString() {
            return id + " " + range + " " + interrupt.gsi();
        }
    }

    private static final class Nothing implements MmioDevice {
        @Override
        public long read(long offset, int size) {
            return 0;
        }

        @Override
        public void write(long offset, int size, long value) {}
    }

    @Override
    public String configure(Map<String, String> options) {
        return "";
    }

    @Override
    public Device create(String config, DeviceContext context) {
        return new Window(context.id(), context.mapMmio(0x1000, new Nothing()), context.claimFree(Trigger.EDGE));
    }

    @Override
    public Device restore(String config, DeviceState state, DeviceContext context) {
        throw new UnsupportedOperationException("has no state");
    }

    @Override
    public DeviceState read(StateReader reader) {
        throw new UnsupportedOperationException("has no state");
    }
}
