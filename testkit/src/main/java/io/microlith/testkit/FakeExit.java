// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.ExitReason;
import java.util.List;

/**
 * An exit that a fake vCPU makes.
 *
 * @param reason why
 * @param isWrite whether the guest writes
 * @param address the guest-physical address, or the port
 * @param size the bytes of one access
 * @param data what the guest writes, access by access; for reads, as many numbers as there are accesses
 */
public record FakeExit(ExitReason reason, boolean isWrite, long address, int size, List<Long> data) {
    /** Copies the data. */
    public FakeExit {
        data = List.copyOf(data);
    }

    /** The guest writes to a port. */
    public static FakeExit out(int port, int size, int value) {
        return new FakeExit(ExitReason.PIO, true, port, size, List.of(Integer.toUnsignedLong(value)));
    }

    /** The guest reads a port. */
    public static FakeExit in(int port, int size) {
        return new FakeExit(ExitReason.PIO, false, port, size, List.of(0L));
    }

    /** The guest writes to memory with a device behind it. */
    public static FakeExit store(long address, int size, long value) {
        return new FakeExit(ExitReason.MMIO, true, address, size, List.of(value));
    }

    /** The guest reads memory with a device behind it. */
    public static FakeExit load(long address, int size) {
        return new FakeExit(ExitReason.MMIO, false, address, size, List.of(0L));
    }

    /** An exit that is no access. */
    public static FakeExit of(ExitReason reason) {
        return new FakeExit(reason, false, 0, 0, List.of());
    }

    /** Whether the access is complete only with the next run. */
    boolean isAccess() {
        return reason == ExitReason.PIO || reason == ExitReason.MMIO;
    }
}
