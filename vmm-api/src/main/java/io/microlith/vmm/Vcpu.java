// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.bus.AddressRange;
import java.util.List;

/**
 * A virtual processor. One platform thread runs it and uses its other methods; only {@link #kick} is for any thread.
 */
public interface Vcpu extends AutoCloseable {
    /** The vCPU's number in its VM. */
    int index();

    /**
     * Has the hypervisor map pages of RAM for the guest now, which would each be an exit into the host's kernel when
     * the guest touches them first. A hint: where {@link Capability#PRE_FAULT} is missing, or something else is in the
     * way, they are mapped when they are touched. All vCPUs of the VM have what one was given.
     *
     * <p>By any one thread, while none is in {@link #run}.
     *
     * @param ranges whole pages, which are there: for one that comes from somewhere, this waits
     */
    default void preFault(List<AddressRange> ranges) {}

    /**
     * Tells a guest that has a paravirtual clock that it stood still, so that its watchdogs do not take for a hang what
     * was none: its clocks went on. By the vCPU's thread, before it goes on.
     *
     * @return whether there was such a guest
     */
    default boolean announcePause() {
        return false;
    }

    /** Makes the calling thread the one that runs this vCPU. Called on that thread, before the first {@link #run}. */
    void bindToThread();

    /**
     * The calling thread, which was bound, will not run this vCPU any more. Called before that thread ends: a kick must
     * not go to a thread that has its number afterwards. Another thread may be bound then.
     */
    void unbindFromThread();

    /**
     * Runs guest code until it needs this process.
     *
     * <p>Allocates nothing. An exit of the reasons {@link ExitReason#MMIO} and {@link ExitReason#PIO} is described by
     * {@link #exit} and complete once the next call is made.
     */
    ExitReason run();

    /** The last exit, as a view that the next {@link #run} changes. */
    VcpuExit exit();

    /**
     * Makes the current call of {@link #run}, or else the next one, return: with {@link ExitReason#INTERRUPTED}, or
     * with an exit that came first. Any thread, until the vCPU is closed. Never blocks. What the caller wrote before is
     * seen by the vCPU's thread after that return.
     *
     * <p>A call that begins after the kick runs no guest code: it completes the last exit and returns
     * {@link ExitReason#INTERRUPTED}, or the next device access of the same instruction.
     */
    void kick();

    /**
     * Why the guest cannot go on, after an exit it does not survive: the hypervisor's words, and the registers as far
     * as they can be read.
     */
    VcpuFault fault();

    /** Ends the vCPU. Its thread has left {@link #run} for good. */
    @Override
    void close();
}
