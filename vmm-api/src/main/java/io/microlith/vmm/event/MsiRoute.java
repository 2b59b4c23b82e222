// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

/**
 * A message-signalled interrupt whose message the guest chooses, and changes while devices signal it. Made masked.
 *
 * <p>Signals of a masked route are kept, as one, and delivered when it is unmasked. Nothing is lost in between: each
 * signal is either delivered or kept, whatever happens at the same time.
 *
 * <p>Any thread. The guest's choices never throw: a message that reaches no interrupt controller goes nowhere.
 */
public interface MsiRoute extends AutoCloseable {
    /** Chooses the message that signals send from now on. */
    void set(long address, int data);

    /** Keeps signals back. When it returns, none is on its way to the guest any more. */
    void mask();

    /** Lets signals through, and sends the message if one was kept. */
    void unmask();

    /** Sends the message, or keeps the signal. Never blocks, takes no lock, allocates nothing. */
    void signal();

    /** Whether a signal is kept. Never while the route is not masked. */
    boolean isPending();

    /** Forgets a signal that is kept. */
    void clearPending();

    /**
     * What {@link #signal} rings. Whoever rings it, be it another process or a backend in the kernel, raises the
     * interrupt, where the hypervisor can do that with no thread of this process in between. Nobody else drains it; it
     * is closed with the route.
     */
    Notifier notifier();

    /** Gives the route back. Signals go nowhere from then on. Closing twice is once. */
    @Override
    void close();
}
