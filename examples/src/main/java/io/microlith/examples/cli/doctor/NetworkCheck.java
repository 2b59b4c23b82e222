// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.doctor;

import java.util.List;

/** Whether this user may make network interfaces for guests. */
final class NetworkCheck implements Check {
    private static final String DEVICE = "dev/net/tun";

    private final HostFiles host;

    NetworkCheck(HostFiles host) {
        this.host = host;
    }

    @Override
    public List<Finding> findings() {
        if (host.isReadWrite(DEVICE)) {
            return List.of(Finding.ok("tap", "/" + DEVICE + " is there"));
        }
        return List.of(
                host.exists(DEVICE)
                        ? Finding.note("tap", "/" + DEVICE + " is not for this user", "chmod it, or run as root")
                        : Finding.note("tap", "no /" + DEVICE, "as root: modprobe tun"));
    }
}
