// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.state.Snapshotable;
import io.microlith.vmm.stream.OutputPump;

/**
 * A port to which a guest writes text, one byte at a time, with nothing to set up first. Reading gives {@code 0xe9}, by
 * which guests find it. Output that the stream does not take in time is lost beyond 64 KiB.
 *
 * <p>Any thread; one short lock, which is not held while the stream is written.
 */
public final class DebugConsoleDevice implements Device, PioDevice, Snapshotable<NoState> {
    /** What guests find it by, whatever its port is. */
    static final int SIGNATURE = 0xe9;

    private final DeviceId id;
    private final OutputPump output;

    DebugConsoleDevice(DebugConsoleConfig config, DeviceContext context) {
        id = context.id();
        output = new OutputPump(id.toString(), config.output(), OutputPump.FOR_A_LINE, new Owner());
        context.mapPio(new AddressRange(config.port(), 1), this);
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public int read(int offset, int size) {
        return SIGNATURE;
    }

    @Override
    public void write(int offset, int size, int value) {
        var _ = output.offer((byte) value);
    }

    @Override
    public NoState save() {
        return new NoState();
    }

    @Override
    public void reset() {}

    @Override
    public void drain() {
        output.drain();
    }

    @Override
    public void close() {
        output.close();
    }

    /** {@code debug-console0}. */
    @Override
    public String toString() {
        return id.toString();
    }

    /** The port has no way to tell the guest anything. */
    private static final class Owner implements OutputPump.Owner {
        @Override
        public void onRoom() {}

        @Override
        public void onFailure(Exception cause) {}
    }
}
