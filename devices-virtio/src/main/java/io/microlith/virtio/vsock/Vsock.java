// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.vmm.device.DeviceSpec;
import java.nio.file.Path;

/** Socket devices to give to a machine: a guest has one, and Linux calls its sockets {@code AF_VSOCK}. */
public final class Vsock {
    private Vsock() {}

    /**
     * A device whose host's side are Unix sockets: a program that connects to {@code path} and writes {@code CONNECT
     * PORT} and a line feed is connected to that port of the guest, and reads {@code OK} and the number of its own end;
     * a program in the guest that connects to a port of the host (context id 2) is connected to the Unix socket
     * {@code path_PORT}.
     */
    public static DeviceSpec<VsockConfig> at(Path path) {
        return with(VsockConfig.of().host(() -> UnixHost.at(path)));
    }

    /** A device whose host's side are this program's own channels and listeners. */
    public static DeviceSpec<VsockConfig> to(VsockPorts ports) {
        return with(VsockConfig.of().host(ports::take));
    }

    /** A device of any configuration. */
    public static DeviceSpec<VsockConfig> with(VsockConfig config) {
        return new DeviceSpec<>(new VsockFactory(), config);
    }
}
