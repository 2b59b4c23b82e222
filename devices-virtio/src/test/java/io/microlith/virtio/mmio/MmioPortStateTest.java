// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.mmio;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.StateContract;
import io.microlith.virtio.ConfigSpace;
import io.microlith.virtio.VirtioContext;
import io.microlith.virtio.VirtioDevice;
import io.microlith.virtio.VirtioLink;
import io.microlith.virtio.VirtioState;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.state.StateReader;
import java.util.List;
import java.util.Optional;

class MmioPortStateTest extends StateContract<MmioPort, VirtioState> {
    private static final int DEVICE_FEATURES_SELECT = 0x14;

    private record Registers(FakeDeviceContext context, MmioPort part) implements Subject<MmioPort> {
        @Override
        public void use() {
            int selected = part.save().deviceFeaturesSelect();
            new GuestDriver(context).write(DEVICE_FEATURES_SELECT, selected + 1);
        }

        @Override
        public void close() {
            part.close();
            context.close();
        }
    }

    /** A device that does nothing. */
    private static final class Nothing implements VirtioDevice {
        @Override
        public int deviceType() {
            return 42;
        }

        @Override
        public long deviceFeatures() {
            return 0;
        }

        @Override
        public List<Integer> queueSizes() {
            return List.of(8);
        }

        @Override
        public ConfigSpace configSpace() {
            return ConfigSpace.EMPTY;
        }

        @Override
        public void activate(VirtioContext context) {}

        @Override
        public void deactivate() {}

        @Override
        public void queueNotify(int queue) {}
    }

    private static Subject<MmioPort> attached(Optional<VirtioState> saved) {
        FakeDeviceContext context = new FakeDeviceContext("probe");
        return new Registers(
                context, (MmioPort) new MmioTransport().attach(new Nothing(), VirtioLink.DEFAULT, saved, context));
    }

    @Override
    protected Subject<MmioPort> create() {
        return attached(Optional.empty());
    }

    @Override
    protected Subject<MmioPort> restore(VirtioState state) {
        return attached(Optional.of(state));
    }

    @Override
    protected VirtioState read(StateReader reader) {
        return VirtioState.read(reader);
    }
}
