// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.Snapshotable;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** The smallest device with state: a byte that the guest writes and reads at one port. */
final class Latch implements Device, PioDevice, Snapshotable<Latch.State> {
    static final int PORT = 0x80;

    private final DeviceId id;
    private final List<String> log = new CopyOnWriteArrayList<>();
    private volatile int value;

    private Latch(DeviceContext context, State state) {
        id = context.id();
        value = state.value();
        context.mapPio(new AddressRange(PORT, 1), this);
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public int read(int offset, int size) {
        return value;
    }

    @Override
    public void write(int offset, int size, int written) {
        value = written;
    }

    @Override
    public State save() {
        return new State(value);
    }

    @Override
    public void pause() {
        log.add("pause");
    }

    @Override
    public void resume() {
        log.add("resume");
    }

    List<String> log() {
        return List.copyOf(log);
    }

    @Override
    public void reset() {
        value = 0;
    }

    @Override
    public void close() {}

    record State(int value) implements DeviceState {
        @Override
        public int version() {
            return 1;
        }

        @Override
        public void writeTo(StateWriter writer) {
            writer.putLong(1, value);
        }
    }

    static final class Factory implements DeviceFactory<String, State> {
        @Override
        public String type() {
            return "latch";
        }

        @Override
        public String configure(Map<String, String> options) {
            return options.toString();
        }

        @Override
        public Device create(String config, DeviceContext context) {
            return new Latch(context, new State(0));
        }

        @Override
        public Device restore(String config, State state, DeviceContext context) {
            StateCheck.of("State").inRange("value", state.value(), 0, 0xff);
            return new Latch(context, state);
        }

        @Override
        public Device restoreClone(String config, State state, DeviceContext context) {
            Latch latch = (Latch) restore(config, state, context);
            latch.log.add("cloned as " + config);
            return latch;
        }

        @Override
        public State read(StateReader reader) {
            return new State(reader.getInt(1, 0));
        }
    }
}
