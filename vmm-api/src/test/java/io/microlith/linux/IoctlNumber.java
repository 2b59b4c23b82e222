// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

/** How uapi/asm-generic/ioctl.h makes the number of an ioctl. */
final class IoctlNumber {
    static final int NONE = 0;
    static final int WRITE = 1;
    static final int READ = 2;

    private IoctlNumber() {}

    /** {@code _IOC(direction, type, number, size)}. */
    static long of(long direction, long type, long number, long size) {
        return direction << 30 | size << 16 | type << 8 | number;
    }
}
