// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.error.ConfigException;

/** The space of I/O ports. */
final class IoPorts {
    private static final int LAST = 0xffff;

    private IoPorts() {}

    /** Returns a port if there is one of that number. */
    static int checked(String setting, int port) {
        return checked(setting, port, 1);
    }

    /** Returns the first of some ports if there are ports of these numbers. */
    static int checked(String setting, int first, int count) {
        if (first < 0 || first > LAST) {
            throw new ConfigException(setting, first + " is no I/O port: 0 to 0xffff");
        }
        if (first > LAST + 1 - count) {
            throw new ConfigException(
                    setting, "no room for " + count + " ports from " + first + " on: 0xffff is the last");
        }
        return first;
    }
}
