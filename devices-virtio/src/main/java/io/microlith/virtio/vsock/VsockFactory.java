// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.virtio.setup.SetupOptions;
import io.microlith.virtio.setup.VirtioFactory;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.state.StateReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Makes socket devices.
 *
 * <p>Options in text: {@code path} (required), {@code cid}, {@code connections}, {@code buffer} in bytes, and those of
 * {@link SetupOptions}.
 */
public final class VsockFactory implements VirtioFactory<VsockConfig, VsockState> {
    /** Makes a factory. */
    public VsockFactory() {}

    @Override
    public String type() {
        return "vsock";
    }

    @Override
    public VsockConfig configure(Map<String, String> options) {
        SetupOptions left = SetupOptions.of(type(), options);
        String path = left.take("path", "");
        if (path.isEmpty()) {
            throw left.wrong("path", "is missing: the Unix socket at which the host connects");
        }
        long cid = left.takeNumber("cid", VsockConfig.DEFAULT_CID, VsockConfig.LEAST_CID, VsockConfig.MOST_CID);
        int connections =
                (int) left.takeNumber("connections", VsockConfig.DEFAULT_CONNECTIONS, 1, VsockConfig.MAX_CONNECTIONS);
        int buffer = (int) left.takeNumber(
                "buffer", VsockConfig.DEFAULT_BUFFER_SIZE, VsockConfig.LEAST_BUFFER_SIZE, VsockConfig.MOST_BUFFER_SIZE);
        VsockConfig config = VsockConfig.of()
                .cid(cid)
                .bounds(connections, buffer)
                .host(() -> UnixHost.at(Path.of(path)))
                .setup(left.takeSetup());
        left.requireNone();
        return config;
    }

    @Override
    public Device create(VsockConfig config, DeviceContext context) {
        return new VsockDevice(config, Optional.empty(), context);
    }

    @Override
    public Device restore(VsockConfig config, VsockState state, DeviceContext context) {
        return new VsockDevice(config, Optional.of(state), context);
    }

    @Override
    public VsockState read(StateReader reader) {
        return VsockState.read(reader);
    }
}
