// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The host's memory; see sysinfo(2). */
public final class HostMemory {
    /** sizeof(struct sysinfo) of a 64-bit kernel (uapi/linux/sysinfo.h). */
    private static final long SIZE = 112;

    private static final long TOTAL_RAM = 32;
    private static final long UNIT = 104;

    private static final MemorySegment SYSINFO = Libc.function("sysinfo");

    private HostMemory() {}

    /** The RAM the kernel manages, in bytes: {@code MemTotal} of /proc/meminfo. */
    public static long total() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(SIZE, JAVA_LONG.byteAlignment());
            SystemCallException.check(Libc.call(SYSINFO, info.address(), 0, 0), "sysinfo", "");
            return info.get(JAVA_LONG, TOTAL_RAM) * Integer.toUnsignedLong(info.get(JAVA_INT, UNIT));
        }
    }
}
