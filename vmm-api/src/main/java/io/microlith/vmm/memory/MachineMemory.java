// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

/** The memory of one VM and what is behind it. Its owner closes it after every vCPU and device thread has stopped. */
public interface MachineMemory extends AutoCloseable {
    /** The memory. */
    GuestMemory memory();

    /** Gives it back to the host. Closing twice is once. */
    @Override
    void close();
}
