// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import io.microlith.linux.ControlGroup;
import io.microlith.linux.HostMemory;
import io.microlith.vmm.error.ConfigException;

/**
 * The most memory that one machine can be given here.
 *
 * @param size the host's RAM, or less if the process is in a control group that may not have so much
 * @param whose who has no more, for errors
 */
public record MemoryBound(Size size, String whose) {
    /** Of this process, on this host. */
    public static MemoryBound here() {
        return of(HostMemory.total(), ControlGroup.memoryLimit().orElse(Long.MAX_VALUE));
    }

    static MemoryBound of(long host, long group) {
        return group < host
                ? new MemoryBound(mebibytes(group), "this process's control group may have")
                : new MemoryBound(mebibytes(host), "this host has");
    }

    private static Size mebibytes(long bytes) {
        return Size.mebibytes(bytes >> 20);
    }

    /**
     * Refuses what is more.
     *
     * @param remedy what to do about it
     * @throws ConfigException if it is, with both numbers
     */
    public void require(Size wanted, String remedy) {
        if (wanted.compareTo(size) > 0) {
            throw new ConfigException(
                    "memory", wanted + " is more than the " + size + " that " + whose + ": " + remedy);
        }
    }
}
