// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestHeap;
import io.microlith.virtio.testkit.HeldRequests;
import io.microlith.virtio.testkit.VirtioDeviceContract;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.event.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

class ConsolePropertyTest extends VirtioDeviceContract<ConsoleConfig, ConsoleState> {
    @Override
    protected DeviceFactory<ConsoleConfig, ConsoleState> factory() {
        return new ConsoleFactory();
    }

    @Override
    protected ConsoleConfig config() {
        return ConsoleConfig.of(ZeroPort::new).setup(setup());
    }

    /** How the devices of this contract are attached. */
    VirtioSetup setup() {
        return VirtioSetup.DEFAULT.packed();
    }

    /** Those of a console whose host says nothing at first. */
    @Override
    protected Optional<HeldRequests<ConsoleConfig>> held() {
        List<SilentPort> silent = new ArrayList<>();
        Supplier<PortBackend> source = () -> {
            SilentPort port = new SilentPort();
            silent.add(port);
            return port;
        };
        return Optional.of(new HeldRequests<>(
                () -> ConsoleConfig.of(source).setup(setup()), () -> silent.forEach(SilentPort::speak)));
    }

    /** A host that sends nothing, and then zeros without end. */
    private static final class SilentPort implements PortBackend {
        private final ZeroPort zeros = new ZeroPort();
        private @Nullable PortLink link;
        private boolean speaks;

        /** Begins to send. */
        void speak() {
            speaks = true;
            if (link != null) {
                link.inputReady();
            }
        }

        @Override
        public void start(PortLink toTell, EventLoop loop) {
            link = toTell;
            toTell.hostOpened();
        }

        @Override
        public long read(PortBuffer into) {
            return speaks ? zeros.read(into) : 0;
        }

        @Override
        public long write(PortBuffer from) {
            return zeros.write(from);
        }

        @Override
        public void close() {
            zeros.close();
        }
    }

    @Override
    protected List<GuestBuffer> request(GuestHeap heap) {
        return List.of(GuestBuffer.writable(heap.take(64, 16), 64));
    }
}
