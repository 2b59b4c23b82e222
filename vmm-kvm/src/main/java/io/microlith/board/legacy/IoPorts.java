// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.error.ConfigException;

/** The space of I/O ports. */
final class IoPorts {
    private static final int LAST = 0xffff;

    private IoPorts() {}

    /** Returns a port if there is one of that number. */
    static int checked(String setting, int port) {
        if (port < 0 || port > LAST) {
            throw new ConfigException(setting, port + " is no I/O port: 0 to 0xffff");
        }
        return port;
    }
}
