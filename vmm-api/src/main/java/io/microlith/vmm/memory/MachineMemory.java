// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import io.microlith.vmm.error.VmmException;
import java.util.function.Consumer;

/** The memory of one VM and what is behind it. Its owner closes it after every vCPU and device thread has stopped. */
public interface MachineMemory extends AutoCloseable {
    /** The memory. */
    GuestMemory memory();

    /**
     * Says who hears that the memory cannot be had any more, which memory whose pages come from somewhere may say:
     * once, on any thread, and at once if it is so already. The listener returns at once, and then no vCPU begins to
     * run guest code any more.
     */
    default void onFailure(Consumer<VmmException> listener) {}

    /** Gives it back to the host. Closing twice is once. */
    @Override
    void close();
}
