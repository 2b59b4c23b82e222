// SPDX-License-Identifier: Apache-2.0
package org.example.dice;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.state.Snapshotable;

/** A die: each read of its port is a throw. Any thread. */
final class DiceDevice implements Device, PioDevice, Snapshotable<DiceState> {
    private final DeviceId id;
    private final DiceConfig config;
    private long next;

    DiceDevice(DiceConfig config, DiceState state, DeviceContext context) {
        this.config = config;
        id = context.id();
        next = state.next();
        context.mapPio(new AddressRange(config.port(), 1), this);
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public synchronized int read(int offset, int size) {
        next = next * 6364136223846793005L + 1442695040888963407L;
        return 1 + (int) Long.remainderUnsigned(next >>> 33, config.sides());
    }

    @Override
    public void write(int offset, int size, int value) {}

    @Override
    public synchronized DiceState save() {
        return new DiceState(next);
    }

    @Override
    public synchronized void reset() {
        next = config.seed();
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return id.toString();
    }
}
