// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateReader;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A device at one port. What the guest writes there runs what the test wants. */
final class ControlPort implements Device, PioDevice {
    static final int PORT = 0x500;

    private final DeviceContext context;
    private final Consumer<DeviceContext> onWrite;
    private final List<String> log;

    private ControlPort(DeviceContext context, Config config) {
        this.context = context;
        onWrite = config.onWrite();
        log = config.log();
        context.mapPio(new AddressRange(PORT + context.id().index(), 1), this);
    }

    /** What a write does, and where the device's own life is noted. */
    record Config(Consumer<DeviceContext> onWrite, List<String> log) {
        static Config of(Consumer<DeviceContext> onWrite) {
            return new Config(onWrite, new CopyOnWriteArrayList<>());
        }
    }

    @Override
    public DeviceId id() {
        return context.id();
    }

    @Override
    public int read(int offset, int size) {
        return 0x5a;
    }

    @Override
    public void write(int offset, int size, int value) {
        onWrite.accept(context);
    }

    @Override
    public void reset() {
        log.add("reset");
    }

    @Override
    public void drain() {
        log.add("drain");
    }

    @Override
    public void close() {
        log.add("close");
    }

    static final class Factory implements DeviceFactory<Config, DeviceState> {
        @Override
        public String type() {
            return "control";
        }

        @Override
        public Config configure(Map<String, String> options) {
            return Config.of(_ -> {});
        }

        @Override
        public Device create(Config config, DeviceContext context) {
            return new ControlPort(context, config);
        }

        @Override
        public Device restore(Config config, DeviceState state, DeviceContext context) {
            throw new UnsupportedOperationException("has no state");
        }

        @Override
        public DeviceState read(StateReader reader) {
            throw new UnsupportedOperationException("has no state");
        }
    }
}
