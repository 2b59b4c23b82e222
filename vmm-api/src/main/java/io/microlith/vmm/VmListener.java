// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

/**
 * Hears what happens to a VM: one call at a time, in the order things happen.
 *
 * <p>Called on the VM's own threads, or on the thread that called the {@link Vm} method which made it happen. Return
 * soon, and do not wait for the VM: that would be waiting for oneself. What a listener throws is logged and otherwise
 * ignored, except that an {@link Error} goes on to the thread it is thrown on.
 */
public interface VmListener {
    /** A listener that does nothing. */
    VmListener NONE = new VmListener() {};

    /** The VM's lifecycle moved on. */
    default void onState(VmState state) {}

    /** The guest switched itself off. */
    default void onShutdown() {}

    /** The guest, or the embedder, asked for a reset. */
    default void onReset() {}

    /** The guest has responded, as {@link Vm#responded} says, for the first time. */
    default void onResponded() {}

    /** The guest's kernel said that it cannot go on. */
    default void onPanic(String message) {}

    /** A vCPU stopped for good: a triple fault, a failed emulation, or an exit that nothing handles. */
    default void onVcpuFailed(VcpuFault fault) {}

    /** Something on the host's side failed, and the VM ends for it. */
    default void onHostError(RuntimeException cause) {}

    /**
     * The guest accessed an address with nothing behind it. Reads get all ones, writes are lost. Told for the first
     * access and then whenever the count has doubled.
     *
     * @param description the space, the address and the direction
     * @param count how many there were so far
     */
    default void onUnmappedAccess(String description, long count) {}
}
