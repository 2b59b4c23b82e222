// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.vmm.device.DeviceSpec;
import java.nio.file.Path;

/**
 * Network devices to give to a machine, which Linux calls {@code eth0}, {@code eth1} and so on.
 *
 * <p>For more than these say, configure one: {@code Net.with(NetConfig.of(() -> TapBackend.open("tap0",
 * 4)).mtu(9000))}.
 */
public final class Net {
    private Net() {}

    /** A device on a tap interface of the host, which is made if it is not there. */
    public static DeviceSpec<NetConfig> tap(String name) {
        return with(NetConfig.of(() -> TapBackend.open(name, 1)));
    }

    /** A device on a passt that listens at a path: a network without any privilege. */
    public static DeviceSpec<NetConfig> passt(Path socket) {
        return with(NetConfig.of(() -> PasstBackend.connect(socket)));
    }

    /** A device on a switch between the VMs of this JVM. */
    public static DeviceSpec<NetConfig> on(NetSwitch between) {
        return with(NetConfig.of(between::plug));
    }

    /** A device on a backend, which it then owns: for one VM. */
    public static DeviceSpec<NetConfig> on(NetBackend backend) {
        return with(NetConfig.of(() -> backend));
    }

    /** A device of any configuration. */
    public static DeviceSpec<NetConfig> with(NetConfig config) {
        return new DeviceSpec<>(new NetFactory(), config);
    }
}
