// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A guest's access to a device, as a view of the page the hypervisor shares with this process. Allocates nothing.
 *
 * <p>Only the vCPU's thread uses it, between two calls of {@link Vcpu#run}.
 */
public interface VcpuExit {
    /** Whether the guest writes. */
    boolean isWrite();

    /** The guest-physical address, or the port. */
    long address();

    /** The bytes of one access: 1, 2, 4 or 8. */
    int size();

    /** How many accesses follow one another: above 1 for string instructions on a port. */
    int count();

    /** What the guest writes, in the access with number {@code i}; zero-extended. */
    long data(int i);

    /** Answers the access with number {@code i} of a guest that reads, with the low {@link #size} bytes of a value. */
    void respond(int i, long value);

    /** The exit as a value of its own, for logs, tests and debuggers. Allocates. */
    default Snapshot copy() {
        List<Long> data = IntStream.range(0, count()).mapToObj(this::data).toList();
        return new Snapshot(isWrite(), address(), size(), data);
    }

    /**
     * An exit that does not change any more.
     *
     * @param isWrite whether the guest writes
     * @param address the guest-physical address, or the port
     * @param size the bytes of one access
     * @param data what was written, or what the answer was so far
     */
    record Snapshot(boolean isWrite, long address, int size, List<Long> data) {}
}
